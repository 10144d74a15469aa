import Foundation
import Fuzzing
import Testing

/// The short form of the fuzzer; `scripts/fuzz` is the long one.
@Suite struct FuzzingTests {
  @Test(arguments: 1...4)
  func `hostile inputs are handled or refused, and do no harm`(seed: UInt64) async throws {
    var fuzzer = try Fuzzer(seed: seed, folder: FileManager.default.temporaryDirectory)
    for number in 0..<2000 {
      do {
        try await fuzzer.check(number)
      } catch let finding as Finding {
        Issue.record("input \(number) of seed \(seed): \(finding)")
      }
    }
    try fuzzer.removeFiles()
    for fate in ["events: updates made", "events: bad", "BSON: taken and read", "BSON: refused"] {
      #expect(fuzzer.fates[fate, default: 0] > 100, "\(fuzzer.fates)")
    }
  }
}
