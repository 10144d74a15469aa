import Pipeline
import Updates

/// Looks for what is stored until its task is cancelled. A look that fails is told and tried again.
struct StoreFollower: Sendable {
  /// Pages of new updates that are taken before the store is left alone, at most.
  private static let mostPages = 20
  /// The store is left alone for so many times as long as a look at it took, at least.
  private static let restPerLook = 3
  private static let longestRest = Duration.seconds(30)

  let store: any FollowedStore
  let query: UpdateQuery
  /// The least time between two looks.
  let pause: Duration
  /// An error as a sentence.
  let sentence: @Sendable (any Error) -> String
  let inbox: LiveInbox

  func run() async {
    var feed: (any UpdateFeed)?
    while !Task.isCancelled {
      let started = ContinuousClock.now
      do {
        inbox.beginLook()
        let current: any UpdateFeed
        if let feed { current = feed } else { current = try await store.feed(of: query) }
        feed = current
        for _ in 0..<Self.mostPages {
          inbox.beginLook()
          let fed = try await current.next()
          inbox.endLook(fed.updates)
          if fed.areAll { break }
        }
      } catch {
        if Task.isCancelled { return }
        inbox.failLook(sentence(error))
      }
      let rest = min((ContinuousClock.now - started) * Self.restPerLook, Self.longestRest)
      do { try await Task.sleep(for: max(pause, rest)) } catch { return }
    }
  }
}
