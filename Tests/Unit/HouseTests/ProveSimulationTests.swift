import CommandHarness
import Foundation
import TestKit
import Testing

/// `scripts/prove-simulation` breaks the worker on purpose.
@Suite struct ProveSimulationTests {
  @Test func `every fault that is put into the source still has its place there`() throws {
    let result = try Command().run(Repository.file("scripts/prove-simulation").path, ["--check"])
    #expect(result.status == 0, "\(result.errors)")
  }
}
