/// The results of each fault, as a Markdown table.
package struct ResultTable: Sendable {
  /// A fault and the sum of its rounds.
  package struct Row: Sendable {
    let fault: String
    var rounds = 0
    var sum = RoundResult()
  }

  private var rows: [Row] = []

  package init() {}

  package mutating func add(_ result: RoundResult, of fault: Fault) {
    let index = rows.firstIndex { $0.fault == fault.name } ?? rows.endIndex
    if index == rows.endIndex { rows.append(Row(fault: fault.name)) }
    rows[index].rounds += 1
    rows[index].sum += result
  }

  /// The sum of all rounds.
  package var total: Row {
    rows.reduce(into: Row(fault: "**all**")) { total, row in
      total.rounds += row.rounds
      total.sum += row.sum
    }
  }

  package var hasViolations: Bool { !total.sum.verdict.found.isEmpty }

  /// How often workers, RabbitMQ and MongoDB were killed.
  package var kills: (workers: Int, rabbit: Int, mongo: Int) {
    let sum = total.sum
    return (sum.workerKills, sum.rabbitKills, sum.mongoKills)
  }

  /// The table, with its rows in the order of ``Fault/all``.
  package var text: String {
    let heads = [
      "fault", "rounds", "kills: worker", "RabbitMQ", "MongoDB", "events", "updates due", "lost",
      "stored twice",
      "two ids", "out of order", "other faults", "sent again", "recovery p50", "max",
    ]
    var lines = [heads, heads.indices.map { $0 == 0 ? "---" : "--:" }]
    let order = Fault.all.map(\.name)
    let sorted = rows.sorted { (order.firstIndex(of: $0.fault) ?? 0) < (order.firstIndex(of: $1.fault) ?? 0) }
    lines += (sorted + [total]).map(\.cells)
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }
}

extension ResultTable.Row {
  fileprivate var cells: [String] {
    let named: [Verdict.Violation] = [.lost, .storedTwice, .twoIds, .outOfOrder]
    let others = sum.verdict.found.filter { !named.contains($0.key) }.values.reduce(0) { $0 + $1.count }
    let sorted = sum.recoveries.sorted()
    let counts =
      [rounds, sum.workerKills, sum.rabbitKills, sum.mongoKills, sum.events, sum.updates]
      + named.map { sum.verdict.found[$0]?.count ?? 0 } + [others, sum.verdict.duplicates]
    return [fault] + counts.map(String.init)
      + [sorted.isEmpty ? nil : sorted[sorted.count / 2], sorted.last].map(Self.seconds)
  }

  private static func seconds(_ value: Double?) -> String {
    guard let value else { return "" }
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
  }
}
