import Pipeline
import Testing

@Suite struct RetryPauseTests {
  @Test func `§7.3 pauses double from 1 s to 30 s`() {
    var pauses = RetryPause()
    let seconds = (0..<8).map { _ in pauses.next(random: 0) }
    #expect(seconds == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
  }

  @Test func `§7.3 pauses are jittered by up to a half, never below 1 s`() {
    var pauses = RetryPause()
    let seconds = (0..<6).map { _ in pauses.next(random: 0.999_999) }
    #expect(seconds[0] == .seconds(1))
    #expect(seconds[1] >= .seconds(1) && seconds[1] < .seconds(1.01))
    #expect(seconds[5] > .seconds(15) && seconds[5] < .seconds(15.1))
  }
}
