import TestKit
import EmbeddedStore
import Foundation
package import Pipeline
package import SpecModel
import Synchronization
import Timelines

/// The outcome of a replay in this process.
package struct ReplayResult: Sendable {
  /// The number of each bad line and the reason, in the order in which they were reported.
  package var badLines: [(line: Int, reason: String)] = []
  package var tally = Tally()
}

/// What a replay needs from a store.
package typealias ReplayTarget = Directory & StateStore & UpdateStore

/// Replays lines through the pipeline into `store`.
package func replay(
  _ lines: [[UInt8]], into store: any ReplayTarget, publisher: (any UpdatePublisher)? = nil,
  limits: PipelineLimits = PipelineLimits()
) async throws -> ReplayResult {
  let folder = try TemporaryFolder()
  let file = folder.path("timeline.ndjson")
  try Data(lines.joined(separator: [UInt8(ascii: "\n")])).write(to: URL(fileURLWithPath: file))
  let reported = Mutex<[String]>([])
  let badLines = BadLines { line in reported.withLock { $0.append(line) } }
  let source = TimelineSource(files: [file], state: store, badLines: badLines)
  let pipeline = UpdatePipeline(
    directory: store, store: store, publisher: publisher, deadLetters: badLines,
    ledger: store as? any ReplayLedger, limits: limits
  )
  let tally = Mutex(Tally())
  try await pipeline.run(source) { batch, _ in tally.withLock { $0 += batch } }
  var result = ReplayResult()
  result.tally = tally.withLock { $0 }
  for line in reported.withLock({ $0 }) {
    let rest = line.dropFirst(file.count + 1)
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    result.badLines.append((Int(parts[0]) ?? 0, String(parts[1].dropFirst())))
  }
  return result
}

package func replay(
  _ lines: [String], into store: any ReplayTarget, publisher: (any UpdatePublisher)? = nil,
  limits: PipelineLimits = PipelineLimits()
) async throws -> ReplayResult {
  try await replay(lines.map { Array($0.utf8) }, into: store, publisher: publisher, limits: limits)
}

/// All stored updates in the order in which they were stored, without the fields that vary, as in the
/// expected files.
package func storedUpdates(_ store: any UpdateCatalog) async throws -> [JSON] {
  let updates = Mutex<[JSON]>([])
  var query = UpdateQuery()
  query.limit = 0
  try await store.updates(matching: query) { update in
    let json = try storedJSON(update)
    updates.withLock { $0.append(json) }
    return true
  }
  return updates.withLock { $0.reversed() }
}
