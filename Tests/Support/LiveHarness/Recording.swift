import RabbitBroker
import TestKit
import BSON
import Foundation
import Pipeline
import TestServers

/// Plays timelines to a live worker, and keeps their events in the installation's archive as the API does.
package enum Recording {
  /// Plays a file of `fixtures/`, each line once the worker has handled everything before it. Returns the
  /// events.
  ///
  /// - Parameter mongoURI: Another way for the worker to reach its database.
  @discardableResult
  package static func play(
    _ fixture: String, to installation: Installation, mongoURI: String? = nil
  ) async throws -> [String] {
    let file = Repository.file("fixtures/\(fixture).ndjson")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    let worker = try WorkerInProcess(installation, mongoURI: mongoURI)
    let client = try installation.client()
    var events: [String] = []
    for line in lines {
      if StateChange.isStateLine(try JSONReader.object(Array(line.utf8))) {
        try await worker.hasHandled(events.count)
        try await installation.apply(line)
      } else {
        try await installation.archive([archived(line)])
        try client.publish(Array(line.utf8), to: installation.topology.eventsExchange, "e.t")
        events.append(line)
      }
    }
    try await worker.hasHandled(events.count)
    try await worker.stop()
    return events
  }

  /// The `_id` of the API's copy of an event is the identity of the event.
  private static func archived(_ line: String) throws -> String {
    let event = try JSONReader.object(Array(line.utf8))
    guard event.present("_id") == nil, let name = event["eventId"]?.string else { return line }
    // The last of equal keys counts.
    return line.dropLast() + #","_id":"\#(name.dropFirst(4).prefix(24))"}"#
  }
}
