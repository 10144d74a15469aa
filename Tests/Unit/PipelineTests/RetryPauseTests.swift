import Pipeline
import Testing

@Suite struct RetryPauseTests {
  @Test func `§7.3 pauses grow from 1 s to 30 s`() {
    var pauses = RetryPause()
    let seconds = (0..<40).map { _ in pauses.next(random: 0) / .seconds(1) }
    #expect(seconds.first == 1)
    #expect(seconds == seconds.sorted())
    #expect(seconds.prefix(20).allSatisfy { $0 < 30 } == false)
    #expect(seconds.last == 30)
  }

  @Test(arguments: [0, 0.5, 0.999_999])
  func `the first try after a server comes back within 15 s is at most 5 s later`(random: Double) {
    var pauses = RetryPause()
    var elapsed = 0.0
    while elapsed < 15 {
      let pause = pauses.next(random: random) / .seconds(1)
      #expect(pause <= 5)
      elapsed += pause
    }
  }

  @Test func `§7.3 pauses are jittered by up to a half, never below 1 s`() {
    var pauses = RetryPause()
    let seconds = (0..<40).map { _ in pauses.next(random: 0.999_999) / .seconds(1) }
    #expect(seconds.first == 1)
    #expect(seconds.min() == 1)
    #expect((seconds.last ?? 0) >= 15 && (seconds.last ?? 0) < 15.1)
  }
}
