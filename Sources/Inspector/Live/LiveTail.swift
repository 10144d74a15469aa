import BSON
import Pipeline
import Synchronization
import Updates

/// Updates as they are stored, as server-sent events: at most a hundred for each look, and how many were skipped.
package struct LiveTail: Sendable {
  /// The most updates of one event of the stream.
  static let mostUpdates = 100
  /// Looks for new updates before something is sent, at most.
  private static let mostLooks = 20
  /// The store is left alone for so many times as long as a look at it took, at least.
  private static let restPerLook = 3
  /// A sign of life is sent after so long without updates.
  private static let longestSilence = Duration.seconds(5)

  private let store: any InspectedStore
  private let query: UpdateQuery
  private let configuration: InspectorConfiguration
  private let pause: Duration

  /// - Throws: ``InspectorError`` when the search makes no sense.
  init(_ inspector: Inspector, _ request: InspectorRequest) async throws(InspectorError) {
    let search = try SearchRequest(request, now: inspector.configuration.now(), limit: 20)
    let mistakes = search.line.mistakes
    guard mistakes.isEmpty else { throw InspectorError(.badRequest, mistakes.joined(separator: " ")) }
    store = inspector.store
    configuration = inspector.configuration
    query = search.line.query
    pause = inspector.configuration.livePause
  }

  /// Sends pieces of the stream until the task is cancelled or the client is gone.
  ///
  /// - Parameters:
  ///   - isOver: Whether the server is ending.
  ///   - send: Waits while the client is slow; what is stored meanwhile is skipped, and told.
  package func run(
    until isOver: () -> Bool = { false }, _ send: (String) async throws -> Void
  ) async throws {
    let feed: any UpdateFeed
    do {
      feed = try await store.feed(of: query)
    } catch {
      return try await send(failure(error))
    }
    try await send("retry: 3000\nevent: open\ndata: {\"led\":\(feed.isLed)}\n\n")
    var lastSent = ContinuousClock.now
    while !Task.isCancelled, !isOver() {
      let started = ContinuousClock.now
      if let absence = configuration.absence() {
        return try await send(failure(InspectorError(.unavailable, absence)))
      }
      do {
        let (updates, skipped) = try await Self.look(feed)
        if !updates.isEmpty {
          try await send("event: updates\ndata: " + text(updates, skipped) + "\n\n")
          lastSent = .now
        }
      } catch let error as CancellationError {
        throw error
      } catch  where !Task.isCancelled && isOfStore(error) {
        return try await send(failure(error))
      }
      if ContinuousClock.now - lastSent >= Self.longestSilence {
        try await send(": nothing new\n\n")
        lastSent = .now
      }
      let rest = (ContinuousClock.now - started) * Self.restPerLook
      try await Task.sleep(for: max(pause, min(rest, .seconds(30)), min(feed.pause, pause)))
    }
  }

  /// The latest of what is new, and how many were left out before them.
  private static func look(_ feed: any UpdateFeed) async throws -> (updates: [StoredUpdate], skipped: Int) {
    var updates: [StoredUpdate] = []
    var skipped = 0
    for _ in 0..<mostLooks {
      let fed = try await feed.next()
      updates += fed.updates
      if updates.count > mostUpdates {
        skipped += updates.count - mostUpdates
        updates.removeFirst(updates.count - mostUpdates)
      }
      if fed.areAll { break }
    }
    return (updates, skipped)
  }

  private func text(_ updates: [StoredUpdate], _ skipped: Int) -> String {
    var output = BSONWriter()
    output.append("updates", documents: updates.map { configuration.shown($0).document })
    output.append("skipped", Int64(skipped))
    // JSON has no line breaks of its own, so one line of `data` holds it.
    return String(decoding: JSONWriter.text(output.finish()), as: UTF8.self)
  }

  /// Whether it is the store that has failed, and not the connection to the client.
  private func isOfStore(_ error: any Error) -> Bool { error is any ServerFault || error is InspectorError }

  private func failure(_ error: any Error) -> String {
    let error = error as? InspectorError ?? InspectorError(.unavailable, configuration.sentence(error))
    return "event: failure\ndata: " + String(decoding: JSONWriter.text(error.document), as: UTF8.self)
      + "\n\n"
  }
}
