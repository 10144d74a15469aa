import BSON
import Foundation
import LiveHarness
import TestServers
import Testing

/// `web` about an installation, as a process of its own.
final class WebProcess {
  let process: WorkerProcess
  let port: Int

  init(
    _ installation: Installation, _ flags: String..., changing changes: [String: String] = [:]
  ) async throws {
    let process = try installation.start(
      ["web", "--store", installation.mongoURI, "--listen", "127.0.0.1:0", "--no-token"] + flags,
      changing: changes)
    try await process.says("pages about")
    self.process = process
    port = try #require(process.output.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) })
  }

  func get(_ path: String) throws -> PlainHTTP.Answer { try PlainHTTP.get(path, port: port) }

  func json(_ path: String) throws -> BSONDocument {
    let answer = try get("/api/v1" + path)
    guard answer.status == 200 else { throw TestServerError("\(path): \(answer.status) \(answer.body)") }
    return try JSONReader.object(Array(answer.body.utf8))
  }

  /// Sends a form, as a page of the inspector does.
  func post(_ path: String, _ form: String) throws -> PlainHTTP.Answer {
    let client = try PlainHTTP(port: port)
    try client.send(
      "POST \(path) HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n\r\n\(form)"
    )
    return try #require(try client.answer())
  }

  /// Opens the live stream.
  func live(_ query: String = "") throws -> LiveClient { try LiveClient(port: port, query) }
}

/// A viewer of the live stream.
final class LiveClient {
  private let client: PlainHTTP

  init(port: Int, _ query: String) throws {
    client = try PlainHTTP(port: port)
    try client.send("GET /api/v1/live\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n")
  }

  /// The data of all events so far, once this holds for them.
  @discardableResult
  func events(when holds: ([BSONDocument]) -> Bool) async throws -> [BSONDocument] {
    var events: [BSONDocument] = []
    _ = try await client.text { text in
      // Each event is written at once, so that no part of a chunk's frame stands in its line.
      let lines = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: ") }
      let isWhole = text.utf8.last == UInt8(ascii: "\n")
      events = try (isWhole ? lines[...] : lines.dropLast()).map {
        try JSONReader.object(Array($0.dropFirst(6).utf8))
      }
      return holds(events)
    }
    return events
  }

  /// Waits until it is told that these are followed, or not.
  func awaits(stored: Bool = true, published: Bool) async throws {
    try await events { events in
      let last = events.last { $0["stored"] != nil }
      return last?.document("stored")?["follows"]?.bool == stored
        && last?.document("published")?["follows"]?.bool == published
    }
  }
}

extension [BSONDocument] {
  /// All updates of the events of a stream.
  var updates: [BSONDocument] { flatMap { $0["updates"]?.array?.compactMap(\.document) ?? [] } }
}
