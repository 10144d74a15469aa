import BSON
import Pipeline
import Updates

/// Updates as they are stored, and where there is a tap as they are published, as server-sent events: at most a hundred
/// at a time, and how many were skipped.
package struct LiveTail: Sendable {
  /// A sign of life is sent after so long without anything.
  private static let longestSilence = Duration.seconds(5)

  private let store: any FollowedStore
  private let tap: SharedTap?
  private let query: UpdateQuery
  private let configuration: InspectorConfiguration

  /// - Throws: ``InspectorError`` when the search makes no sense.
  init(_ inspector: Inspector, _ request: InspectorRequest) throws(InspectorError) {
    configuration = inspector.configuration
    let now = configuration.now()
    let search = LiveSearch(SearchLine(SearchRequest.text(of: request, now: now), now: now))
    let mistakes = search.mistakes
    guard mistakes.isEmpty else { throw InspectorError(.badRequest, mistakes.joined(separator: " ")) }
    (store, tap, query) = (inspector.store, inspector.tap, search.query)
  }

  init(
    _ store: any FollowedStore, _ tap: SharedTap?, _ query: UpdateQuery,
    _ configuration: InspectorConfiguration
  ) {
    (self.store, self.tap, self.query, self.configuration) = (store, tap, query, configuration)
  }

  /// Sends pieces of the stream until the task is cancelled or the client is gone.
  ///
  /// - Parameters:
  ///   - isOver: Whether the server is ending.
  ///   - send: Waits while the client is slow; what comes meanwhile and is too much is skipped, and told.
  package func run(
    until isOver: () -> Bool = { false }, _ send: (String) async throws -> Void
  ) async throws {
    let inbox = LiveInbox(patience: configuration.longestLookUp)
    let follower = StoreFollower(
      store: store, query: query, pause: configuration.livePause, sentence: configuration.sentence,
      inbox: inbox)
    // Nobody waits for its end: a look at a database that does not answer takes its time.
    let following = Task { await follower.run() }
    let viewer = await tap?.join(query, inbox)
    let result: Result<Void, any Error>
    do {
      result = .success(try await stream(inbox, until: isOver, send))
    } catch {
      result = .failure(error)
    }
    following.cancel()
    if let viewer { await tap?.leave(viewer) }
    try result.get()
  }

  private func stream(
    _ inbox: LiveInbox, until isOver: () -> Bool, _ send: (String) async throws -> Void
  ) async throws {
    try await send("retry: 3000\n\n")
    var told = LiveInbox.Sources()
    var lastSent = ContinuousClock.now
    while !Task.isCancelled, !isOver() {
      if let absence = configuration.absence() {
        return try await send(event("failure", InspectorError(.unavailable, absence).document))
      }
      let (updates, skipped, sources) = inbox.take()
      var pieces: [String] = []
      if sources != told, sources.stored != .opening { pieces.append(event("sources", sources.document)) }
      if !updates.isEmpty || skipped > 0 { pieces.append(event("updates", document(updates, skipped))) }
      if pieces.isEmpty, ContinuousClock.now - lastSent >= Self.longestSilence {
        pieces = [": nothing new\n\n"]
      }
      if !pieces.isEmpty {
        try await send(pieces.joined())
        (told, lastSent) = (sources, .now)
      }
      try await Task.sleep(for: configuration.livePause)
    }
  }

  private func document(_ updates: [StoredUpdate], _ skipped: Int) -> BSONDocument {
    var output = BSONWriter()
    output.append("updates", documents: updates.map { configuration.shown($0).document })
    output.append("skipped", Int64(skipped))
    return output.finish()
  }

  /// An event of the stream. JSON has no line breaks of its own, so one line of `data` holds it.
  private func event(_ name: String, _ document: BSONDocument) -> String {
    "event: \(name)\ndata: \(String(decoding: JSONWriter.text(document), as: UTF8.self))\n\n"
  }
}

extension LiveInbox.Sources {
  /// `{"stored": {"follows", "reason"}, "published": the same, or null}`
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    output.append("stored", stored.document)
    if let published {
      output.append("published", published.document)
    } else {
      output.appendNull("published")
    }
    return output.finish()
  }
}
