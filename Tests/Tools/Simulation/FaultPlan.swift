/// Which faults strike when: each at an operation of a given number, counted
/// among those that it may strike, or among all.
struct FaultPlan: Sendable {
  struct Fault: Sendable {
    let kind: FaultKind
    /// Counts the operations that the fault may strike, from 0.
    let ordinal: Int
    /// Random bits for the details, such as how long it lasts.
    let detail: UInt64

    /// A number from the detail's bits, from 0 up to, but not including, `bound`. `salt` tells several apart.
    func below(_ bound: Int, salt: UInt64 = 0) -> Int {
      var chance = Chance(seed: detail &+ salt)
      return chance.below(bound)
    }
  }

  var faults: [Fault]

  /// Draws faults that a traffic of some 200 events will meet, nearly all of them.
  init(_ chance: inout Chance) {
    faults = []
    let count = chance.within(24...28)
    for _ in 0..<count {
      let (kinds, bound) = chance.pick(Self.draws)
      faults.append(Fault(kind: chance.pick(kinds), ordinal: chance.below(bound), detail: chance.word()))
    }
  }

  /// Kinds that are drawn together, and how many of their operations there will be at least. A line is drawn as often
  /// as it stands here.
  private static let draws: [(kinds: [FaultKind], bound: Int)] = [
    ([.lookUpSlow, .lookUpFails, .lookUpHangs], 80),
    ([.lookUpSlow], 80),
    ([.insertFails, .insertAnswerLost, .insertPartly, .insertLate, .insertHangs, .insertUnsafe], 20),
    ([.insertFails, .insertAnswerLost, .insertPartly, .insertLate, .insertHangs, .insertUnsafe], 20),
    ([.markFails, .markAnswerLost, .markPartly, .markLate, .markHangs, .markUnsafe], 20),
    ([.markFails, .markAnswerLost, .markPartly, .markLate, .markHangs, .markUnsafe], 20),
    ([.publisherLost, .confirmsLost, .confirmsRefused, .confirmsLate, .confirmsScattered], 20),
    ([.publisherLost, .confirmsLost, .confirmsRefused, .confirmsLate, .confirmsScattered], 20),
    ([.acknowledgementLost], 14),
    ([.buryingFails, .buriedUnconfirmed], 6),
    ([.confirmsLate, .confirmsScattered], 20),
    ([.connectionRefused], 8),
    ([.stepDown, .databaseDown, .blocked, .brokerDown], 200),
    ([.sourceLost, .sourceLostUnnoticed], 200),
    ([.killed, .killed, .killed, .stopped], 200),
    ([.stateChanged], 200),
    ([.stateChanged], 200),
  ]
}

/// The faults of a plan that have not struck yet.
struct PendingFaults {
  private var ofOperation: [[FaultPlan.Fault]]
  private var ofAny: [FaultPlan.Fault]
  private var counts: [Int]
  private var total = 0

  init(_ plan: FaultPlan) {
    // The next one is the last of the array.
    func sorted(_ operation: Operation?) -> [FaultPlan.Fault] {
      plan.faults.filter { $0.kind.operation == operation && $0.kind != .eventRepeated }
        .sorted { $0.ordinal > $1.ordinal }
    }
    ofOperation = Operation.allCases.map(sorted)
    ofAny = sorted(nil)
    counts = Operation.allCases.map { _ in 0 }
  }

  /// Counts an operation; returns the fault that strikes it and those that strike at this moment. Of several faults
  /// that are planned for one operation, the others strike the next ones.
  mutating func next(_ operation: Operation) -> (own: FaultPlan.Fault?, others: [FaultPlan.Fault]) {
    let (index, ordinal) = (operation.rawValue, counts[operation.rawValue])
    counts[index] += 1
    total += 1
    var others: [FaultPlan.Fault] = []
    while let next = ofAny.last, next.ordinal < total { others.append(ofAny.removeLast()) }
    if let next = ofOperation[index].last, next.ordinal <= ordinal {
      return (ofOperation[index].removeLast(), others)
    }
    return (nil, others)
  }

  mutating func removeAll() {
    ofAny = []
    for index in ofOperation.indices { ofOperation[index] = [] }
  }
}
