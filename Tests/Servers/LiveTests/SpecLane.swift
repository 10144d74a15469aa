import RabbitBroker
import BSON
import Foundation
import LiveHarness
import MongoStore
import Pipeline
import SpecCases
import SpecModel
import TestServers
import Updates

/// A worker and an installation that run cases of the spec one after another.
final class SpecLane {
  private let installation: Installation
  private let worker: WorkerInProcess
  private let client: BrokerClient
  private var handled = 0

  /// - Parameter mongoURI: Another way for the worker to reach its database.
  init(_ installation: Installation, mongoURI: String? = nil) throws {
    self.installation = installation
    client = try installation.client()
    worker = try WorkerInProcess(installation, mongoURI: mongoURI)
  }

  /// Why the worker waited for a server, if it ever did.
  var outages: [String] { worker.outages }

  /// Stops the worker.
  ///
  /// - Throws: ``TestServerError`` if events are left in the queue.
  func close() async throws {
    try await worker.stop()
    let left = try client.count(installation.topology.queue)
    guard left == 0 else { throw TestServerError("\(left) events are left in the queue") }
  }

  /// Runs a case and returns what is wrong with its outcome, in words.
  func complaints(about specCase: SpecCase) async throws -> [String] {
    for collection in RecordCollection.allCases { try installation.database.empty(collection.rawValue) }
    let ignoredBefore = worker.tally.ignored.values.reduce(0, +)
    let unsendableBefore = worker.tally.unsendable

    let badStateLines: [(line: Int, reason: String)]
    do {
      badStateLines = try await play(specCase.lines)
    } catch let error as MongoStoreError {
      // The next case must not find what this one has left.
      try await worker.hasHandled(handled)
      for queue in [installation.tap, installation.topology.deadLetterQueue] { _ = try client.drain(queue) }
      return ["MongoDB does not take a state line: \(error.message)"]
    }

    let (letters, lettersComplaints) = try deadLetters(of: specCase)
    let badLines = (badStateLines + letters).sorted { $0.line < $1.line }
    let found = try await installation.storedUpdates()
    let stored = try found.map(ObservedUpdate.init(stored:))
    let sendable = zip(found, stored).filter { $0.0.routingKey.utf8.count <= 255 }
    let messages = try client.drain(installation.tap)
    var complaints = lettersComplaints
    complaints += specCase.complaints(aboutBadLines: badLines)
    complaints += specCase.complaints(aboutStored: stored)
    complaints += specCase.complaints(
      aboutPublished: try messages.map {
        try ObservedUpdate(String(decoding: $0.body, as: UTF8.self), routingKey: $0.routingKey)
      })
    for update in found where update.isPublished != (update.routingKey.utf8.count <= 255) {
      complaints.append("published is \(update.isPublished) for the key \(update.routingKey)")
    }
    if messages.map(\.messageId) == sendable.map({ $0.0.id.description }) {
      for (message, update) in zip(messages, sendable) {
        complaints += try message.differences(from: update.0, update.1)
      }
    } else {
      complaints.append("published \(messages.map(\.routingKey)), stored \(sendable.map(\.0.routingKey))")
    }
    let ignored = worker.tally.ignored.values.reduce(0, +) - ignoredBefore
    if ignored != specCase.ignored { complaints.append("\(ignored) ignored, not \(specCase.ignored)") }
    let unsendable = worker.tally.unsendable - unsendableBefore
    if unsendable != found.count - sendable.count { complaints.append("\(unsendable) counted as unsendable") }
    return complaints
  }

  /// Publishes the events and applies the state lines between them, each when the worker has handled
  /// everything before it. Returns the bad state lines.
  private func play(_ lines: [Line]) async throws -> [(line: Int, reason: String)] {
    var bad: [(line: Int, reason: String)] = []
    for (index, line) in lines.enumerated() {
      if let document = try? JSONReader.object(line.bytes), StateChange.isStateLine(document) {
        try await worker.hasHandled(handled)
        do {
          try await installation.store.apply(StateChange(document))
        } catch let error as BadEvent {
          bad.append((index + 1, error.description))
        }
      } else {
        try client.publish(line.bytes, to: installation.topology.eventsExchange, "line.\(index + 1).t")
        handled += 1
      }
    }
    try await worker.hasHandled(handled)
    return bad
  }

  /// The bad lines among the events according to the dead letters, and what is wrong with those letters.
  private func deadLetters(
    of specCase: SpecCase
  ) throws -> (lines: [(line: Int, reason: String)], complaints: [String]) {
    var lines: [(line: Int, reason: String)] = []
    var complaints: [String] = []
    for letter in try client.drain(installation.topology.deadLetterQueue) {
      let key = letter.headers["x-original-routing-key"] ?? ""
      guard let number = Int(key.split(separator: ".").dropFirst().first ?? ""),
        specCase.lines.indices.contains(number - 1)
      else {
        complaints.append("a dead letter has the x-original-routing-key \(key)")
        continue
      }
      lines.append((number, letter.headers["x-error"] ?? ""))
      if letter.body != specCase.lines[number - 1].bytes {
        complaints.append("the dead letter of line \(number) is not what came, byte for byte")
      }
      if letter.headers["x-original-exchange"] != installation.topology.eventsExchange {
        complaints.append("a dead letter has the x-original-exchange \(letter.headers)")
      }
      let failedAt = letter.headers["x-failed-at"] ?? ""
      if (try? Date(failedAt, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true)))
        == nil
      {
        complaints.append("x-failed-at is \(failedAt)")
      }
    }
    return (lines, complaints)
  }
}
