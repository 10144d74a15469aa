import Foundation
import Operations
import Synchronization
import TestServers
import Testing
import TestTraits

/// What a service manager hears, and when its watchdog is fed (sd_notify(3), sd_watchdog_enabled(3)).
@Suite(.bounded) struct ServiceManagerTests {
  /// What went wrong, as a service manager's user would hear it.
  private final class Faults: Sendable {
    private let heard = Mutex<[String]>([])
    func add(_ fault: NotifySocket.Fault) { heard.withLock { $0.append(fault.message) } }
    var all: [String] { heard.withLock { $0 } }
  }

  private func manager(_ environment: [String: String], faults: Faults = Faults()) -> ServiceManager {
    ServiceManager(environment: environment, processId: 42, onFault: { faults.add($0) })
  }

  /// What is known of a worker that consumes.
  private var consuming: HealthFacts {
    var facts = HealthFacts()
    (facts.isStarted, facts.isPaused, facts.role) = (true, true, .active)
    (facts.consume.isConnected, facts.publish.isConnected, facts.store.answered) = (true, true, 0)
    return facts
  }

  /// The health of a worker that consumes, after a change.
  private func health(at now: Double = 0, _ change: (inout HealthFacts) -> Void = { _ in }) -> Health {
    var facts = consuming
    change(&facts)
    return Health(facts, at: now)
  }

  @Test(arguments: [false, true])
  func `readiness is told at a path and at an abstract name`(isAbstract: Bool) throws {
    let listener = try NotifyListener(isAbstract: isAbstract)
    manager(["NOTIFY_SOCKET": listener.name]).take(health())
    #expect(listener.messages == ["READY=1\nSTATUS=consuming events"])
  }

  @Test func `each change is told once, with a status in one line`() throws {
    let listener = try NotifyListener()
    let manager = manager(["NOTIFY_SOCKET": listener.name])
    for health in [
      health { $0.consume.isConnected = false },
      health {
        $0.consume.isConnected = false
        $0.consume.fault = "no RabbitMQ\nREADY=1"
      },
      health { $0.role = .standby }, health { $0.role = .standby }, health(),
      health { $0.publish.blocked = "memory" }, health(),
    ] {
      manager.take(health)
    }
    manager.stopping()
    manager.take(health { $0.isStopping = true })
    manager.stopping()
    #expect(
      listener.messages == [
        "STATUS=not ready: consume: RabbitMQ is not connected yet",
        "STATUS=not ready: consume: no RabbitMQ\u{FFFD}READY=1",
        "READY=1\nSTATUS=standing by: another worker consumes the queue", "STATUS=consuming events",
        "STATUS=not ready: publish: RabbitMQ takes no messages: memory", "STATUS=consuming events",
        "STOPPING=1\nSTATUS=stopping: finishing what is in hand",
      ])
  }

  @Test func `the watchdog is fed while the loop gets on, and not when it hangs`() throws {
    let listener = try NotifyListener()
    let manager = manager(
      ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "42"])
    manager.take(health())
    let before = listener.messages.count
    func fed() -> Int { listener.messages.dropFirst(before).count { $0 == "WATCHDOG=1" } }
    // A round began at second 100 and does not get on.
    func inARound(at now: Double) -> Health {
      health(at: now) {
        ($0.isPaused, $0.passed) = (false, 100)
      }
    }
    manager.beat(inARound(at: 101))
    #expect(fed() == 1)
    manager.beat(inARound(at: 160))
    #expect(fed() == 2)
    manager.beat(inARound(at: 160.1))
    manager.beat(inARound(at: 1000))
    #expect(fed() == 2)
    manager.beat(health(at: 1000))
    #expect(fed() == 3)
  }

  @Test(arguments: [
    ["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "43"], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "often"],
    [:],
  ])
  func `a watchdog that is not this process's is not fed`(environment: [String: String]) throws {
    let listener = try NotifyListener()
    let manager = manager(environment.merging(["NOTIFY_SOCKET": listener.name]) { $1 })
    manager.beat(health())
    manager.beat(health())
    #expect(listener.messages == ["READY=1\nSTATUS=consuming events"])
  }

  @Test func `a start that waits for a server asks for more time, and one that hangs does not`() throws {
    let listener = try NotifyListener()
    let manager = manager(["NOTIFY_SOCKET": listener.name])
    manager.beat(health { $0.store.answered = nil })
    manager.beat(
      health(at: 61) {
        ($0.store.answered, $0.isPaused) = (nil, false)
      })
    #expect(listener.assignments.count { $0 == "EXTEND_TIMEOUT_USEC=60000000" } == 1)
  }

  @Test func `the watchdog is fed during the work, again and again`() async throws {
    let listener = try NotifyListener()
    let manager = manager(["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "40000"])
    let health = health()
    try await manager.beating({ health }) {
      try await until("the watchdog is fed three times") {
        listener.assignments.count { $0 == "WATCHDOG=1" } >= 3
      }
    }
  }

  @Test func `without a service manager nothing is sent and nothing is said`() async throws {
    let faults = Faults()
    let manager = manager(["WATCHDOG_USEC": "2000000"], faults: faults)
    let health = health()
    let isDone = Mutex(false)
    manager.take(health)
    try await manager.beating({ health }) { isDone.withLock { $0 = true } }
    #expect(isDone.withLock { $0 })
    #expect(faults.all == [])
  }

  @Test(arguments: ["relative/socket", "/", "@", "/" + String(repeating: "x", count: 108)])
  func `an address that makes no sense is told once and harms nothing`(name: String) {
    let faults = Faults()
    let manager = manager(["NOTIFY_SOCKET": name], faults: faults)
    manager.take(health())
    manager.stopping()
    #expect(faults.all.count == 1 && faults.all.first?.hasPrefix("NOTIFY_SOCKET ") == true, "\(faults.all)")
  }

  @Test func `a service manager that has gone is told of once`() throws {
    let folder = FileManager.default.temporaryDirectory.path
    let faults = Faults()
    let manager = manager(["NOTIFY_SOCKET": "\(folder)/no-\(UUID().uuidString)"], faults: faults)
    manager.take(health())
    manager.stopping()
    #expect(faults.all.count == 1 && faults.all.first?.contains("No such file") == true, "\(faults.all)")
  }
}
