import BSON
import Synchronization
import Updates

/// Where new updates come from, as a viewer is told of it.
enum LiveSource: Equatable {
  /// Nothing is known yet.
  case opening
  case following
  /// Why nothing comes, in a sentence; it is tried again.
  case waiting(String)

  var document: BSONDocument {
    var output = BSONWriter()
    output.append("follows", self == .following)
    if case .waiting(let reason) = self {
      output.append("reason", reason)
    } else {
      output.appendNull("reason")
    }
    return output.finish()
  }
}

/// Takes what the store and the tap have for one viewer until it is sent. It never waits and never grows.
final class LiveInbox: Sendable {
  /// What both ends are doing.
  struct Sources: Equatable {
    var stored = LiveSource.opening
    /// `nil` where nothing is tapped.
    var published: LiveSource?
  }

  /// After so long a look at the store is told to be slow.
  private let patience: Duration

  private struct State {
    var buffer = LiveBuffer()
    var sources = Sources()
    /// Since when the store has been looked at.
    var lookStarted: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  init(patience: Duration) {
    self.patience = patience
  }

  func beginLook() { state.withLock { $0.lookStarted = .now } }

  /// A look has ended; `updates` are what it found.
  func endLook(_ updates: [StoredUpdate]) {
    state.withLock { state in
      state.lookStarted = nil
      state.sources.stored = .following
      state.buffer.add(stored: updates)
    }
  }

  /// A look has failed for a reason.
  func failLook(_ reason: String) {
    state.withLock { state in
      state.lookStarted = nil
      state.sources.stored = .waiting(reason)
    }
  }

  func add(published updates: [StoredUpdate], missed: Int) {
    state.withLock { $0.buffer.add(published: updates, missed: missed) }
  }

  /// Says what the tap is doing.
  func tell(published source: LiveSource) { state.withLock { $0.sources.published = source } }

  /// What is to be sent now.
  func take() -> (updates: [StoredUpdate], skipped: Int, sources: Sources) {
    state.withLock { state in
      let (updates, skipped) = state.buffer.take()
      var sources = state.sources
      if let started = state.lookStarted, ContinuousClock.now - started >= patience {
        sources.stored = .waiting(
          "The store has not answered a look for new updates for \(patience.components.seconds) s; they come when it does."
        )
      }
      return (updates, skipped, sources)
    }
  }
}
