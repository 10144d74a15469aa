import BSON
import Maintenance
import Pipeline

/// The last work on the store as a whole, as the overview shows it: the replay into a file, the verification of a
/// database.
struct LastWork {
  private var replay: ReplayRecord?
  private var verification: VerificationRecord?
  /// Why it is not known, in a sentence; `nil`: it is, or there was none.
  private var fault: String?

  /// A store that does not tell, for want of a right for example, is no reason not to show the other numbers.
  init(_ store: any WorkJournal, _ configuration: InspectorConfiguration) async {
    do {
      replay = try await store.lastReplay()
      verification = try await store.lastVerification()
    } catch {
      fault = configuration.sentence(error)
    }
  }

  var context: [String: Any] {
    var context: [String: Any] = ["hasNoWork": replay == nil && verification == nil]
    context["workNote"] = fault ?? "verify has not run yet, or could not keep what it found"
    if let replay { context["replay"] = self.context(replay) }
    if let verification { context["verification"] = self.context(verification) }
    return context
  }

  private func context(_ replay: ReplayRecord) -> [String: Any] {
    let start = replay.finishedAt - replay.seconds * 1000
    let window = [
      SearchTerm(.after, JSONNumber(start).text), SearchTerm(.before, JSONNumber(replay.finishedAt + 1).text),
    ]
    func link(_ terms: [SearchTerm]) -> String {
      Link("/updates", [("q", SearchLine.text(of: terms))]).string
    }
    let published = SearchTerm(.published, "published")
    let unpublished = SearchTerm(.published, "unpublished")
    var rows: [(name: String, count: Int, parts: [String: Int], link: String?)] = [
      ("Events", replay.events.values.reduce(0, +), replay.events, link(window)),
      ("Updates stored", replay.updates.values.reduce(0, +), replay.updates, link(window)),
    ]
    if replay.alreadyStored > 0 {
      rows.append(
        ("Already stored", replay.alreadyStored, [:], link([SearchTerm(.before, JSONNumber(start).text)])))
    }
    if replay.published > 0 { rows.append(("Published", replay.published, [:], link([published] + window))) }
    if replay.unsendable > 0 {
      rows.append(("Not publishable", replay.unsendable, [:], link([unpublished] + window)))
    }
    rows.append(("Ignored", replay.ignored.values.reduce(0, +), replay.ignored, nil))
    rows.append(("Bad lines", replay.badLines, [:], nil))
    return [
      "time": timeContext(replay.finishedAt), "isComplete": replay.isComplete,
      "took": shownDelay(replay.seconds * 1000), "updates": grouped(replay.updates.values.reduce(0, +)),
      "events": counted(replay.events.values.reduce(0, +), "event"), "link": link(window),
      "rows": rows.map { row in
        [
          "name": row.name, "count": grouped(row.count), "link": row.link ?? "", "hasLink": row.link != nil,
          "parts": parts(row.parts),
        ] as [String: Any]
      },
    ]
  }

  private func context(_ verification: VerificationRecord) -> [String: Any] {
    var terms = [SearchTerm(.after, JSONNumber(verification.since).text)]
    if let until = verification.until { terms.append(SearchTerm(.before, JSONNumber(until).text)) }
    if let tenant = verification.tenantId { terms.append(SearchTerm(.tenant, tenant)) }
    let differences = verification.differences.values.reduce(0, +)
    var context: [String: Any] = [
      "time": timeContext(verification.finishedAt), "since": timeContext(verification.since),
      "events": counted(verification.events, "event"), "updates": counted(verification.updates, "update"),
      "users": counted(verification.users, "user"), "differences": grouped(differences),
      "hasDifferences": differences > verification.repaired,
      "tenant": verification.tenantId ?? "all", "took": shownDelay(verification.seconds * 1000),
      "link": Link("/updates", [("q", SearchLine.text(of: terms))]).string,
    ]
    if differences > 0 { context["kinds"] = parts(verification.differences) }
    if verification.repaired > 0 { context["repaired"] = grouped(verification.repaired) }
    if let until = verification.until { context["until"] = timeContext(until) }
    if let command = Command.verify(verification) { context["command"] = command }
    return context
  }

  /// `4 missing, 1 content`, the most first.
  private func parts(_ counts: [String: Int]) -> String {
    counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { "\(grouped($0.value)) \($0.key)" }
      .joined(separator: ", ")
  }
}

extension BSONWriter {
  /// `replay` and `verification`; null for what is not known.
  mutating func append(_ work: LastWork) {
    let (replay, verification) = work.documents
    if let replay { append("replay", replay) } else { appendNull("replay") }
    if let verification { append("verification", verification) } else { appendNull("verification") }
  }
}

extension LastWork {
  fileprivate var documents: (replay: BSONDocument?, verification: BSONDocument?) {
    (replay?.document, verification?.document)
  }
}
