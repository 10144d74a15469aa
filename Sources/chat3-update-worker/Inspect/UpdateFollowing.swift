import Pipeline
import Updates

/// Prints updates as they are stored, until a signal or its limit ends it.
struct UpdateFollowing: Sendable {
  /// The store is left alone for so many times as long as a look at it took, at least.
  private static let restPerLook = 5
  /// The longest time between two looks.
  private static let longestPause = Duration.seconds(30)

  private let query: UpdateQuery
  private let store: any InspectedStore
  private let output: UpdateListing

  init(_ query: UpdateQuery, in store: any InspectedStore, _ output: UpdateListing) {
    self.query = query
    self.store = store
    self.output = output
  }

  func run() async throws {
    let following = Task { try await follow() }
    _ = try await interruptible(stop: { following.cancel() }) {
      do {
        try await following.value
      } catch  where following.isCancelled {
        // The signal has ended a pause or a look at the store.
      }
    }
  }

  private func follow() async throws {
    let feed = try await store.feed(of: query)
    printError(
      feed.isLed
        ? "following new updates; SIGINT or SIGTERM ends it"
        : "following new updates, slowly: MongoDB has no index of updates on createdAt, so each look reads all of "
          + "them; name a user or an event, or create the index")
    var count = 0
    while !Task.isCancelled {
      let started = ContinuousClock.now
      let fed = try await feed.next()
      for update in fed.updates {
        guard try output.add(update) else { return }
        count += 1
        if query.limit > 0, count == query.limit {
          try output.flush()
          return
        }
      }
      guard try output.flush() else { return }
      if fed.areAll {
        let rest = (ContinuousClock.now - started) * Self.restPerLook
        try await Task.sleep(for: min(max(feed.pause, rest), Self.longestPause))
      }
    }
  }
}
