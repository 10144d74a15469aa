import Testing

@testable import RabbitBroker

@Suite struct ConfirmsTests {
  @Test func `one answer for several messages completes a publish`() {
    var confirms = Confirms()
    let id = confirms.begin(capacity: 3)
    for _ in 0..<3 { confirms.write() }
    #expect(confirms.end(id).isEmpty)
    #expect(confirms.outstanding == 3)
    let completed = confirms.answer(3, multiple: true, isRefusal: false)
    #expect(completed.map(\.id) == [id])
    #expect(completed[0].refused.isEmpty)
  }

  @Test func `answers count in any order, each once`() {
    var confirms = Confirms()
    let id = confirms.begin(capacity: 3)
    for _ in 0..<3 { confirms.write() }
    _ = confirms.end(id)
    #expect(confirms.answer(2, multiple: false, isRefusal: true).isEmpty)
    #expect(confirms.answer(2, multiple: false, isRefusal: false).isEmpty)
    #expect(confirms.answer(1, multiple: false, isRefusal: false).isEmpty)
    #expect(confirms.answer(3, multiple: true, isRefusal: false).first?.refused == [1])
    #expect(confirms.outstanding == 0)
  }

  @Test func `a publish is not complete before everything is written`() {
    var confirms = Confirms()
    let id = confirms.begin(capacity: 2)
    confirms.write()
    #expect(confirms.answer(1, multiple: false, isRefusal: false).isEmpty)
    #expect(confirms.end(id).map(\.id) == [id])
  }

  @Test func `one answer can complete several publishes`() {
    var confirms = Confirms()
    let first = confirms.begin(capacity: 1)
    confirms.write()
    _ = confirms.end(first)
    let second = confirms.begin(capacity: 1)
    confirms.write()
    _ = confirms.end(second)
    #expect(confirms.answer(0, multiple: true, isRefusal: false).map(\.id) == [first, second])
  }

  @Test func `answers that nobody waits for are skipped`() {
    var confirms = Confirms()
    let id = confirms.begin(capacity: 1)
    confirms.write()
    _ = confirms.end(id)
    confirms.abandon(id)
    #expect(confirms.answer(1, multiple: false, isRefusal: false).isEmpty)
    #expect(confirms.answer(.max, multiple: true, isRefusal: true).isEmpty)
    let next = confirms.begin(capacity: 1)
    confirms.write()
    _ = confirms.end(next)
    #expect(confirms.answer(2, multiple: false, isRefusal: false).map(\.id) == [next])
  }

  @Test func `a new channel returns what was outstanding and counts from 1`() {
    var confirms = Confirms()
    let id = confirms.begin(capacity: 3)
    for _ in 0..<3 { confirms.write() }
    _ = confirms.end(id)
    _ = confirms.answer(2, multiple: false, isRefusal: false)
    #expect(confirms.reset().map(\.outstanding) == [[0, 2]])
    let next = confirms.begin(capacity: 1)
    confirms.write()
    _ = confirms.end(next)
    #expect(confirms.answer(1, multiple: false, isRefusal: false).map(\.id) == [next])
  }
}
