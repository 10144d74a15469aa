import Foundation
import Synchronization

/// What a command says on standard error while it works: on a terminal one line that is drawn anew, elsewhere, where asked
/// for, a line now and then.
final class StatusLine: Sendable {
  private struct State {
    var last: ContinuousClock.Instant
    var isShown = false
  }

  private let state: Mutex<State>
  private let started = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let plainPause: Duration?

  /// With `plainPause`, says a line in each such time where there is no terminal.
  init(plainPause: Duration? = nil) {
    self.plainPause = plainPause
    state = Mutex(State(last: started))
  }

  /// Seconds since the start.
  var elapsed: Double {
    let duration = (ContinuousClock.now - started).components
    return Double(duration.seconds) + Double(duration.attoseconds) / 1e18
  }

  /// Shows how far it has come, unless that was shown just before.
  func show(_ text: () -> String) {
    state.withLock { state in
      guard let pause = isTerminal ? .milliseconds(100) : plainPause, .now - state.last >= pause else {
        return
      }
      state.last = .now
      state.isShown = isTerminal
      write(isTerminal ? "\r\u{1B}[K" + text() : text() + "\n")
    }
  }

  /// Takes away what is shown, for what is about to be printed.
  func clear() {
    state.withLock { state in
      if state.isShown { write("\r\u{1B}[K") }
      state.isShown = false
    }
  }

  /// Says something that stays.
  func say(_ lines: String) {
    state.withLock { state in
      write((state.isShown ? "\r\u{1B}[K" : "") + lines + "\n")
      state.isShown = false
    }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
