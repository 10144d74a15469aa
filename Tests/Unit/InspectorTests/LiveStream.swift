import BSON
import Synchronization

@testable import Inspector

/// What a live stream has sent.
final class LiveStream: Sendable {
  /// An event of the stream, with its data.
  struct Event {
    let name: String
    let data: BSONDocument
  }

  private let pieces = Mutex<[String]>([])
  private let task = Mutex<Task<Void, any Error>?>(nil)

  /// - Parameter ready: Waits before each piece is taken, as a slow client does.
  init(_ tail: LiveTail, ready: @escaping @Sendable () async throws -> Void = {}) {
    let running = Task {
      try await tail.run { piece in
        try await ready()
        self.pieces.withLock { $0.append(piece) }
      }
    }
    task.withLock { $0 = running }
  }

  /// All events so far.
  func events() throws -> [Event] {
    try pieces.withLock { $0.joined() }.split(separator: "\n\n").compactMap { text in
      let lines = text.split(separator: "\n")
      guard lines.count == 2, lines[0].hasPrefix("event: "), lines[1].hasPrefix("data: ") else { return nil }
      return Event(
        name: String(lines[0].dropFirst(7)), data: try JSONReader.object(Array(lines[1].dropFirst(6).utf8)))
    }
  }

  /// What it was last told of where updates come from.
  func sources() throws -> BSONDocument? { try events().last { $0.name == "sources" }?.data }

  func isFollowing(_ source: String) throws -> Bool {
    try sources()?.document(source)?["follows"]?.bool == true
  }

  /// Why nothing comes from there.
  func reason(_ source: String) throws -> String? { try sources()?.document(source)?["reason"]?.string }

  /// The updates of each event.
  func slices() throws -> [[BSONDocument]] {
    try events().filter { $0.name == "updates" }.map {
      $0.data["updates"]?.array?.compactMap(\.document) ?? []
    }
  }

  func updates() throws -> [BSONDocument] { try slices().flatMap { $0 } }

  func skipped() throws -> Int {
    try events().filter { $0.name == "updates" }.reduce(0) { $0 + Int($1.data["skipped"]?.number ?? 0) }
  }

  /// The client goes away.
  func end() async {
    let running = task.withLock { $0 }
    running?.cancel()
    _ = await running?.result
  }
}
