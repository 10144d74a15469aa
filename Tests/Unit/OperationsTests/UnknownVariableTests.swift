import Pipeline
import SpecModel
import Testing

@testable import Operations

@Suite struct UnknownVariableTests {
  @Test func `an unknown variable of the worker is found, and the nearest setting named`() {
    var environment = [
      "UPDATE_WORKER_PREFECTH": "5", "UPDATE_WORKER_QUEUE": "q", "UPDATE_WORKER_SWEEPSECONDS": "1",
      "UPDATE_WORKER_QUEUE_FILE": "/f", "UPDATE_WORKER_": "", "LOG_LEVL": "info", "NO_COLOR": "1",
      "MONGODB_URI_FILE": "/f",
    ]
    // What only tests set is known to the builds that have it.
    for variable in CrashPoint.variables { environment[variable] = "inserted:1" }
    let found = UnknownVariable.all(in: environment)
    #expect(
      found.map(\.name) == [
        "UPDATE_WORKER_", "UPDATE_WORKER_PREFECTH", "UPDATE_WORKER_QUEUE_FILE", "UPDATE_WORKER_SWEEPSECONDS",
      ])
    #expect(
      found.dropFirst().map(\.nearest) == [
        "UPDATE_WORKER_PREFETCH", "UPDATE_WORKER_QUEUE", "UPDATE_WORKER_SWEEP_SECONDS",
      ])
    #expect(
      found[1].message
        == "the environment variable UPDATE_WORKER_PREFECTH is no setting; the nearest one is UPDATE_WORKER_PREFETCH"
    )
  }

  @Test(arguments: [
    ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3),
  ])
  func `the distance of two words is known`(left: String, right: String, distance: Int) {
    #expect(UnknownVariable.editDistance(Array(left.utf8), Array(right.utf8)) == distance)
    #expect(UnknownVariable.editDistance(Array(right.utf8), Array(left.utf8)) == distance)
  }

  @Test func `so many edits are at most that distance away`() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<500 {
      let word = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        UInt8.random(in: 65...68, using: &random)
      }
      var edited = word
      let edits = Int.random(in: 0...3, using: &random)
      for _ in 0..<edits {
        let byte = UInt8.random(in: 65...68, using: &random)
        let place = Int.random(in: 0...edited.count, using: &random)
        if place == edited.count || Bool.random(using: &random) {
          edited.insert(byte, at: place)
        } else if Bool.random(using: &random) {
          edited.remove(at: place)
        } else {
          edited[place] = byte
        }
      }
      #expect(UnknownVariable.editDistance(word, edited) <= edits, "\(word) \(edited)")
    }
  }
}
