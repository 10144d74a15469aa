import Pipeline
import Testing

/// How the size of rounds follows what they took.
@Suite struct RoundSizeTests {
  private func size(aim: Double? = 40) -> RoundSize {
    var limits = PipelineLimits()
    limits.updatesPerRound = 50...1000
    limits.roundMilliseconds = aim
    return RoundSize(limits)
  }

  @Test(arguments: [(1.0, 50), (0.4, 100), (0.1, 400), (0.001, 1000), (100, 50)])
  func `with a server that takes so long for each update, rounds come to about 40 ms, within the bounds`(
    milliseconds: Double, expected: Int
  ) {
    var size = size()
    for _ in 0..<30 { size.note(size.updates, took: milliseconds * Double(size.updates)) }
    #expect(size.updates >= expected * 3 / 4 && size.updates <= expected * 5 / 4, "\(size.updates)")
  }

  @Test func `while what waits needs many rounds, one may take three times as long, and not afterwards`() {
    var size = size()
    for _ in 0..<30 { size.note(size.updates, took: 0.5 * Double(size.updates), isCrowded: true) }
    #expect((180...300).contains(size.updates), "\(size.updates)")
    for _ in 0..<30 { size.note(size.updates, took: 0.5 * Double(size.updates)) }
    #expect((60...100).contains(size.updates), "\(size.updates)")
  }

  @Test func `a round that is not full says nothing about larger ones`() {
    var size = size()
    let before = size.updates
    for _ in 0..<10 { size.note(3, took: 1) }
    for _ in 0..<10 { size.note(3, took: 500) }
    #expect(size.updates == before)
  }

  @Test func `a slow round makes the next at most half as large`() {
    var size = size()
    let before = size.updates
    size.note(before, took: 60_000)
    #expect(size.updates == before / 2)
  }

  @Test func `without an aim rounds hold as many updates as they may`() {
    var size = size(aim: nil)
    size.note(1000, took: 60_000)
    #expect(size.updates == 1000)
  }
}
