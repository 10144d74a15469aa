import Logging
import Testing

@testable import Operations

@Suite struct LogSuppressionTests {
  private let start = ContinuousClock.now

  private func kind(_ reason: String? = nil, peer: String? = nil, level: Logger.Level = .warning)
    -> LogSuppression.Kind
  {
    LogSuppression.Kind(
      level: level, message: "waiting", peer: peer, reason: reason)
  }

  /// How many of so many lines at one moment are written.
  private func written(
    _ suppression: inout LogSuppression, _ kind: LogSuppression.Kind, _ lines: Int, after: Duration = .zero
  ) -> Int {
    (0..<lines).count { _ in suppression.decide(kind, at: start + after) == .write }
  }

  @Test func `ten lines are written, the others counted and told when the ten seconds are over`() {
    var suppression = LogSuppression()
    #expect(written(&suppression, kind("r"), 10) == 10)
    #expect(suppression.decide(kind("r"), at: start + .seconds(9)) == .count(isFirst: true))
    #expect(suppression.decide(kind("r"), at: start + .seconds(9)) == .count(isFirst: false))
    #expect(suppression.due(at: start + .milliseconds(9999)).isEmpty)
    let due = suppression.due(at: start + .seconds(10))
    #expect(due.map(\.counted) == [2] && due.map(\.kind) == [kind("r")])
    #expect(suppression.due(at: start + .seconds(60)).isEmpty)
    #expect(written(&suppression, kind("r"), 12, after: .seconds(10)) == 10)
  }

  @Test func `level, peer and reason make different lines`() {
    var suppression = LogSuppression()
    for kind in [kind("a"), kind("b"), kind("a", peer: "mongodb"), kind("a", level: .info)] {
      #expect(written(&suppression, kind, 11) == 10)
    }
    #expect(suppression.end().map(\.counted) == [1, 1, 1, 1])
    #expect(suppression.end().isEmpty)
  }

  @Test func `lines that did not come too often are not told of`() {
    var suppression = LogSuppression()
    #expect(written(&suppression, kind(), 10) == 10)
    #expect(suppression.due(at: start + .seconds(20)).isEmpty && suppression.end().isEmpty)
  }

  @Test func `debug and trace are never counted`() {
    var suppression = LogSuppression()
    #expect(written(&suppression, kind(level: .debug), 1000) == 1000)
    #expect(written(&suppression, kind(level: .trace), 1000) == 1000)
  }

  @Test func `ever new reasons are counted too`() {
    var suppression = LogSuppression()
    let written = (0..<1000).count { suppression.decide(kind("reason \($0)"), at: start) == .write }
    #expect(written == LogSuppression.mostKinds + LogSuppression.most)
    #expect(suppression.end().map(\.counted) == [1000 - written])
  }
}
