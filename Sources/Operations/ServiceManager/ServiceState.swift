import Support

/// What a service manager knows of the worker, and the assignments of sd_notify(3) that tell it what is new.
struct ServiceState: Sendable {
  /// How much more time a start asks for, from each message on: as long as the loop gets on, it is only a server that
  /// keeps the worker from being ready.
  private static let startExtension = Duration.seconds(60)

  private var hasBeenReady = false
  private var isStopping = false
  private var status = ""

  /// What is to be sent now; empty when the service manager knows it already.
  mutating func take(_ health: Health) -> [String] {
    guard !isStopping else { return [] }
    var assignments: [String] = []
    if health.isReady, !hasBeenReady {
      hasBeenReady = true
      assignments.append("READY=1")
    }
    return assignments + change(status: Self.status(of: health))
  }

  /// What is to be sent when a shutdown begins.
  mutating func stop() -> [String] {
    guard !isStopping else { return [] }
    isStopping = true
    return ["STOPPING=1"] + change(status: "stopping: finishing what is in hand")
  }

  /// What is to be sent from time to time while the loop gets on.
  func beat(watchdog: Duration?) -> [String] {
    if hasBeenReady { return watchdog == nil ? [] : ["WATCHDOG=1"] }
    if isStopping { return [] }
    return ["EXTEND_TIMEOUT_USEC=\(Self.startExtension.components.seconds * 1_000_000)"]
  }

  private mutating func change(status: String) -> [String] {
    guard status != self.status else { return [] }
    self.status = status
    return ["STATUS=\(status)"]
  }

  /// One line, as `systemctl status` shows it.
  private static func status(of health: Health) -> String {
    // A reason in several lines would be several assignments.
    if !health.isReady { return "not ready: \(printable(health.reasons.joined(separator: "; ")))" }
    return health.role == .standby ? "standing by: another worker consumes the queue" : "consuming events"
  }
}
