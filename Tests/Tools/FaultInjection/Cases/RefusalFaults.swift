import Foundation
import LiveHarness
import TestServers

extension Fault {
  /// What a replica set answers in an election, a shutdown or an overload, and a failover. SecantusDB gives these
  /// answers on request.
  package static let refusalFaults =
    ["find", "insert", "update"].map(refusing) + [lateAnswers, refusedStart, refusedHello, stepDown]

  /// The failures of a command, in an order in which a driver that hides one of them does not hide the next.
  private static func failures(of command: String) -> [FailPoint.Failure] {
    let codes = [
      10107,  // NotWritablePrimary
      24,  // LockTimeout
      189,  // PrimarySteppedDown
      50,  // MaxTimeMSExpired
      11600,  // InterruptedAtShutdown
      399,  // a code without a meaning here
      11602,  // InterruptedDueToReplStateChange
      112,  // WriteConflict
      6,  // HostUnreachable
      8000,  // what a hosted MongoDB says
      89,  // NetworkTimeout
      91,  // ShutdownInProgress
      262,  // ExceededTimeLimit
      50_000_001,  // an assertion without a name
    ]
    let writeConcern = command == "find" ? [] : [64, 91, 100, 11602].map(FailPoint.Failure.writeConcern)
    return codes.map(FailPoint.Failure.refusal) + writeConcern + [.closedConnection]
  }

  /// How many failures of each command there are.
  package static let failuresPerCommand = failures(of: "insert").count

  private static func refusing(_ command: String) -> Fault {
    let failures = failures(of: command)
    return Fault("MongoDB refuses \(command)", strikes: failures.count, server: .secantusDB) { round in
      try await round.inReplicaSet { round, worker, failPoint in
        let first = round.number(0...failures.count - 1)
        for strike in 0..<round.strikes {
          let failure = failures[(first + strike) % failures.count]
          let waits = round.waits(of: worker)
          // Until the worker notices, because the driver itself tries some calls again.
          try failPoint.set(failure, of: [command])
          try round.send(5)
          try await round.noticed(by: worker, after: waits, "\(command): \(failure)")
          try failPoint.clear()
          // What was refused may have taken effect, or be done before anybody looks.
          try round.send(5)
          try await round.recovery(since: .now)
          try await round.settled()
        }
      }
    }
  }

  /// MongoDB takes longer than the worker waits, and carries the command out all the same.
  private static let lateAnswers = Fault("MongoDB answers too late", strikes: 4, server: .secantusDB) {
    round in
    let commands = ["insert", "update", "find", "insert"]
    try await round.inReplicaSet { round, worker, failPoint in
      for strike in 0..<round.strikes {
        let waits = round.waits(of: worker)
        try failPoint.set(.lateAnswer(1600), of: [commands[strike % commands.count]])
        try round.send(5)
        try await round.noticed(by: worker, after: waits, "a late answer")
        try failPoint.clear()
        try round.send(5)
        try await round.recovery(since: .now)
        try await round.settled()
      }
    }
  }

  private static let refusedStart = Fault(
    "MongoDB refuses the start of a worker", strikes: 4, server: .secantusDB
  ) { round in
    let failPoint = try FailPoint(round.mongo)
    let failures: [FailPoint.Failure] = [.refusal(189), .closedConnection, .refusal(91), .refusal(262)]
    let first = round.number(0...failures.count - 1)
    for strike in 0..<round.strikes {
      try failPoint.set(failures[(first + strike) % failures.count], of: ["createIndexes"], times: 1)
      let worker = try round.start(prefetch: 30, mongoOptions: Round.replicaSet)
      try await worker.says(waiting)
      try await worker.isReady()
      try round.send(5)
      try await round.recovery(since: .now)
      let ending = try await worker.terminate()
      if ending != .exited(0) { round.note(.behaviour, "a worker ended unexpectedly (\(ending))") }
    }
    try await round.finish()
  }

  /// The driver's monitors find no usable server for a while.
  private static let refusedHello = Fault("MongoDB refuses hello", strikes: 3, server: .secantusDB) { round in
    let failures: [FailPoint.Failure] = [.closedConnection, .refusal(91), .refusal(11600)]
    try await round.inReplicaSet { round, worker, failPoint in
      let first = round.number(0...failures.count - 1)
      for strike in 0..<round.strikes {
        try failPoint.set(failures[(first + strike) % failures.count], of: ["hello", "isMaster"])
        try round.send(10)
        try await round.moment(within: .seconds(3))
        try failPoint.clear()
        let isOver = ContinuousClock.now
        try round.send(5)
        try await round.recovery(since: isOver)
        try await round.settled()
      }
    }
  }

  /// The primary becomes a secondary under load, and a primary again.
  private static let stepDown = Fault("the primary steps down under load", strikes: 3, server: .secantusDB) {
    round in
    try await round.inReplicaSet { round, worker, failPoint in
      for _ in 0..<round.strikes {
        let waits = round.waits(of: worker)
        try round.send(40)
        try await round.progress(round.number(1...20))
        let seconds = round.number(2...4)
        let began = ContinuousClock.now
        try failPoint.stepDown(seconds: seconds)
        try await round.noticed(by: worker, after: waits, "a primary that steps down")
        try await Task.sleep(until: began + .seconds(seconds))
        let isPrimary = ContinuousClock.now
        try await round.recovery(since: isPrimary)
        let pause = ContinuousClock.now - isPrimary
        if pause > .seconds(3) { round.note(.behaviour, "the worker went on \(pause) after the new primary") }
        try await round.settled()
      }
    }
  }
}

extension Round {
  /// The options of a URI with which the driver follows the primary, and gives up soon.
  static let replicaSet =
    "replicaSet=\(MongoProgram.replicaSet)&socketTimeoutMS=1000&serverSelectionTimeoutMS=2000"

  /// Runs `body` while a worker that knows the replica set works.
  func inReplicaSet(_ body: (Round, WorkerProcess, FailPoint) async throws -> Void) async throws {
    let failPoint = try FailPoint(mongo)
    let worker = try start(prefetch: number(5...30), mongoOptions: Self.replicaSet)
    try await worker.isReady()
    do {
      try await body(self, worker, failPoint)
    } catch {
      try failPoint.clear()
      throw error
    }
    try await finish([worker])
  }

  /// How often the worker has logged that it waits for a server.
  func waits(of worker: WorkerProcess) -> Int { worker.errors.split(separator: Fault.waiting).count - 1 }

  /// Waits until the worker has logged once more that it waits for a server.
  func noticed(by worker: WorkerProcess, after before: Int, _ fault: String) async throws {
    try await until(
      "the worker waits after \(fault); its log: \(worker.errors.suffix(1500))", within: .seconds(30)
    ) {
      guard worker.isRunning else {
        throw TestServerError("it ended after \(fault): \(worker.errors.suffix(1500))")
      }
      return waits(of: worker) > before
    }
  }
}
