import Pipeline

/// A worker process, from its start to its end. All its calls go through it, so that they can end with it.
///
/// `@unchecked Sendable`: see ``World``.
package final class Life: @unchecked Sendable {
  /// What a call runs on: a server that may be down.
  ///
  /// `@unchecked Sendable`: see ``World``.
  final class Server: @unchecked Sendable {
    let name: String
    var downUntil: Int64 = 0

    init(_ name: String) { self.name = name }
  }

  /// The most calls that may fail within a second: some tries, each of a few calls at once.
  private static let mostFailures = 40

  let number: Int
  let world: World
  private(set) var isOver = false
  private var waiters: [Waiter] = []
  /// How many calls of each operation are open.
  private var open = [Int](repeating: 0, count: Operation.allCases.count)
  private var second: Int64 = 0
  private var failures = 0
  /// How many calls have failed and how many connections were lost.
  private(set) var failuresInAll = 0

  package init(number: Int, world: World) {
    self.number = number
    self.world = world
  }

  func check() throws {
    if isOver { throw ProcessEnded() }
  }

  /// Ends the process. What it has sent may still arrive, or not.
  func end() {
    isOver = true
    let waiting = waiters
    waiters = []
    for waiter in waiting {
      waiter.isLost = world.chance.percent(50)
      waiter.end(.failure(ProcessEnded()))
    }
  }

  /// Waits for something that ends with the process.
  func wait(_ waiter: Waiter) async throws {
    try check()
    waiter.place = waiters.count
    waiters.append(waiter)
    defer { remove(waiter) }
    try await waiter.wait()
  }

  private func remove(_ waiter: Waiter) {
    guard waiter.place < waiters.count, waiters[waiter.place] === waiter, let last = waiters.popLast() else {
      return
    }
    guard last !== waiter else { return }
    waiters[waiter.place] = last
    last.place = waiter.place
  }

  func fail(_ words: String) -> SimulatedFault {
    if !isOver {
      failuresInAll += 1
      if world.now - second > 1_000_000 { (second, failures) = (world.now, 0) }
      failures += 1
      if failures > Self.mostFailures {
        world.violate(
          .unbounded, "worker \(number) tries more than \(Self.mostFailures) times a second: \(words)")
      }
    }
    return SimulatedFault(message: words)
  }

  /// Makes a call of a server. `effect` is what the server does, in the given percentage of the call's parts.
  func call<Answer>(
    _ operation: Operation, of server: Server, _ words: @autoclosure () -> String,
    effect: @escaping (_ percent: Int) throws -> Answer
  ) async throws -> Answer {
    try check()
    if world.isCalm { return try effect(100) }
    let fault = world.fault(of: operation)
    let timing = Timing(world, fault, isDown: server.downUntil > world.now)
    let (waiter, words) = (Waiter(), world.trace == nil ? "" : "worker \(number): \(words())")
    begin(operation)
    defer { open[operation.rawValue] -= 1 }
    var answer: Result<Answer, any Error>?
    // Nothing tells when a read took place but its answer.
    let isRead = fault == nil && operation != .insert && operation != .mark && operation != .bury
    if let (delay, percent) = timing.effect {
      world.after(delay) { [self] in
        defer { if isRead { waiter.end() } }
        if waiter.isLost { return world.note("never arrived: \(words)") }
        if server.downUntil > world.now {
          answer = .failure(fail("\(server.name) went down"))
          return
        }
        answer = Result { try effect(percent) }
        world.note(words + (percent < 100 ? " (\(percent) %)" : ""))
      }
    }
    if fault != nil {
      world.extendFaults(until: world.now + Int64(max(timing.answer, timing.effect?.delay ?? 0)))
    }
    if !isRead || timing.effect == nil { world.after(timing.answer) { waiter.end() } }
    try await wait(waiter)
    if let failure = timing.failure ?? (server.downUntil > world.now ? "is down" : nil) {
      world.note("worker \(number): \(server.name) \(failure)")
      throw fail("\(server.name) \(failure)")
    }
    guard let answer else { throw fail("\(server.name) did not answer") }
    return try answer.get()
  }

  private func begin(_ operation: Operation) {
    open[operation.rawValue] += 1
    // One slice is under way at a time. The sweep may mark at the same time.
    let most = operation == .insert ? 1 : operation == .mark ? 2 : 8
    if open[operation.rawValue] > most {
      world.violate(
        .unbounded, "worker \(number) has \(open[operation.rawValue]) calls \(operation) open at once")
    }
  }
}

extension Life {
  /// When a call takes effect and when it is answered, in microseconds from now, and how it fails.
  private struct Timing {
    /// MongoDB's time limit of a call in this installation.
    private static let limit = 20_000_000

    var effect: (delay: Int, percent: Int)?
    var answer: Int
    var failure: String?

    init(_ world: World, _ fault: FaultPlan.Fault?, isDown: Bool) {
      let (there, back) = (world.latency(), world.latency())
      effect = (there, 100)
      answer = there + back
      if isDown {
        effect = nil
        failure = "is down"
      }
      guard let fault, !isDown else { return }
      let percent = fault.below(101, salt: 1)
      switch fault.kind {
      case .lookUpSlow:
        effect = (fault.below(4_000_000), 100)
        answer = (effect?.delay ?? 0) + fault.below(6_000_000, salt: 1)
      case .lookUpFails, .insertFails, .markFails, .buryingFails, .connectionRefused:
        effect = nil
        failure = "broke the connection"
      case .lookUpHangs:
        effect = nil
        answer = Self.limit
        failure = "did not answer in time"
      case .insertAnswerLost, .markAnswerLost, .buriedUnconfirmed:
        failure = "broke the connection instead of an answer"
      case .insertPartly, .markPartly:
        effect = (there, percent)
        failure = "was interrupted"
      case .insertLate, .markLate:
        effect = (answer + fault.below(5_000_000), 100)
        failure = "broke the connection, and went on with the call"
      case .insertHangs, .markHangs:
        effect = percent < 50 ? nil : (there + fault.below(30_000_000), 100)
        answer = Self.limit
        failure = "did not answer in time"
      case .insertUnsafe, .markUnsafe:
        failure = "could not say that a majority has the write"
      default: break
      }
    }
  }
}
