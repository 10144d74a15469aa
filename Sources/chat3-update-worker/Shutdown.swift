import Foundation
import UnixSignals

/// What bounds a shutdown (spec section 7.4).
enum Shutdown {
  /// A second signal ends the process at once, as if it had never been caught.
  static func dieOfNextSignal() {
    signal(SIGTERM, SIG_DFL)
    signal(SIGINT, SIG_DFL)
  }

  /// Ends the process when the grace period is over: its connections close, and the broker gives back what was
  /// not acknowledged.
  static func end(after grace: Duration, log: WorkerLog) {
    let seconds = Double(grace.components.seconds) + Double(grace.components.attoseconds) / 1e18
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
      log.graceIsOver()
      log.finish()
      endProcess(.fine, isInHaste: true)
    }
  }

  /// Ends the process as the signal would have: whoever waits for it sees that its work is not complete.
  static func die(of signal: UnixSignal) -> Never {
    dieOfNextSignal()
    kill(getpid(), signal == .sigint ? SIGINT : SIGTERM)
    // The signal may be delivered to another thread of the process first.
    while true { pause() }
  }
}
