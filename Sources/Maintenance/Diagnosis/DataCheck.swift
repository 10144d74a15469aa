import BSON
package import Foundation
import Pipeline
import Updates

/// Judges what is stored: whether events come, whether updates wait, and whether the planner can handle an event.
package enum DataCheck {
  /// Milliseconds after which the sweeps should have published an update.
  static let unpublishedWarning = 5 * 60_000.0
  /// Milliseconds after which an event is gone from the queue.
  static let unpublishedFailure = 3_600_000.0

  /// - Parameter trial: What became of the newest event on its way through the planner; `nil`: it was not tried.
  package static func findings(
    _ facts: DatabaseFacts, trial: TrialRun.Outcome?, now: Date
  ) -> [Finding] {
    var findings = FindingList(.data)
    backlog(facts.oldestUnpublished, now: now, &findings)
    switch facts.archive {
    case nil: break
    case .refused:
      findings.ok(
        "events", "The user may not read events, so neither their age nor an event's way can be looked at.")
    case .failed(let reason): findings.warn("events", "The newest events cannot be read: \(reason).")
    case .known(let archive) where archive.events.isEmpty:
      findings.warn(
        "events", "There are no events yet.",
        remedy: "If the API has been at work, MONGODB_URI names another database than the API's.")
    case .known(let archive):
      newest(archive, now: now, &findings)
      identities(archive, &findings)
      judge(trial, of: archive, &findings)
    }
    return findings.all
  }

  private static func backlog(
    _ oldest: Answer<Double?>?, now: Date, _ findings: inout FindingList
  ) {
    switch oldest {
    case nil: break
    case .refused: break  // Said among the rights.
    case .failed(let reason):
      findings.warn("unpublished updates", "The oldest unpublished update cannot be found: \(reason).")
    case .known(nil): findings.ok("unpublished updates", "Every stored update has been published.")
    case .known(let created?):
      let age = now.timeIntervalSince1970 * 1000 - created
      let sentence = "The oldest update that was never confirmed is \(duration(age)) old."
      let remedy = "Start the worker, which publishes such updates; or call republish."
      if age > unpublishedFailure {
        findings.fail("unpublished updates", sentence, remedy: remedy)
      } else if age > unpublishedWarning {
        findings.warn("unpublished updates", sentence, remedy: remedy)
      } else {
        findings.ok("unpublished updates", sentence)
      }
    }
  }

  private static func newest(
    _ archive: DatabaseFacts.Archive, now: Date, _ findings: inout FindingList
  ) {
    let times = archive.events.compactMap { $0["createdAt"]?.number }
    guard let newest = times.max() else {
      findings.warn(
        "events", "The newest events have no time (createdAt), so verify and backfill do not find them.")
      return
    }
    let age = now.timeIntervalSince1970 * 1000 - newest
    findings.ok(
      "events",
      age < -1000
        ? "The newest event was made \(duration(-age)) from now, by the clock of whoever made it."
        : "The newest event is \(duration(age)) old.")
  }

  /// The worker knows an event by `_id`, and by `eventId` only when the message had none. An archive whose `_id`
  /// the messages did not have makes verify and backfill look for updates under another identity.
  private static func identities(_ archive: DatabaseFacts.Archive, _ findings: inout FindingList) {
    var (legacy, unusable, own, foreign) = (0, 0, 0, 0)
    for event in archive.events {
      let id = event.present("_id").flatMap(EventHeader.objectId)
      let other = event["eventId"]?.stringBytes.flatMap(EventHeader.identity(eventId:))
      if other != nil { legacy += 1 }
      if id == nil { unusable += 1 }
      guard let tenant = event["tenantId"]?.string.map(Identifier.init) else { continue }
      func hasUpdates(_ id: ObjectId?) -> Bool {
        id.map { archive.identitiesWithUpdates.contains(EventKey(tenantId: tenant, eventId: $0)) } ?? false
      }
      if hasUpdates(id) { own += 1 } else if id != other, hasUpdates(other) { foreign += 1 }
    }
    let total = archive.events.count
    if unusable > 0 {
      findings.warn(
        "identities", "\(unusable) of the \(total) newest events have an _id that is no identity.",
        remedy:
          "The API must store events under 24 hex digits; verify and backfill take others for bad events.")
    }
    if foreign > 0 {
      findings.warn(
        "identities",
        "The updates of \(foreign) of the \(total) newest events are stored under eventId, not under _id.",
        remedy:
          "Let the API publish the _id of its own copy. Until then backfill would make them a second time.")
    } else if unusable == 0 {
      findings.ok(
        "identities",
        "\(legacy) of the \(total) newest events have an evt_ identity. Updates are stored under _id, for \(own) of them so far."
      )
    }
  }

  private static func judge(
    _ trial: TrialRun.Outcome?, of archive: DatabaseFacts.Archive, _ findings: inout FindingList
  ) {
    let id = archive.trial?.present("_id").flatMap(EventHeader.objectId)?.description ?? "without an identity"
    switch trial {
    case nil:
      if archive.trial == nil {
        findings.ok("dry run", "None of the newest events is of a type that makes updates.")
      }
    case .updates(let counts, let isCut):
      let total = counts.values.reduce(0, +)
      let types = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue)" }
      let parts = types.isEmpty ? "" : " (\(types.joined(separator: ", ")))"
      findings.ok(
        "dry run",
        "The event \(id) makes \(isCut ? "at least " : "")\(counted(total, "update"))\(parts); nothing was stored or sent."
      )
    case .bad(let reason):
      findings.warn(
        "dry run", "The newest event \(id) is a bad one: \(reason).",
        remedy:
          "Such events go to the dead letters. Correct what makes them; dead-letters list shows the others.")
    case .failed(let reason):
      findings.fail("dry run", "The event \(id) does not get through: \(reason)")
    }
  }

  /// Milliseconds in the largest unit that leaves no fraction behind.
  private static func duration(_ milliseconds: Double) -> String {
    let seconds = Int(clamping: Int64(max(0, min(milliseconds, 1e15)) / 1000))
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
