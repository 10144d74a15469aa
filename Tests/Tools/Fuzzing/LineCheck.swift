import Foundation
import Pipeline
import Timelines

/// A file with any content is read to its end as a timeline, and every line is handed out or reported once.
struct LineCheck {
  static func run(_ mutator: inout Mutator, file: URL) async throws -> Int {
    var text: [UInt8] = []
    for _ in 0..<12 {
      text += mutator.line()
      text += mutator.pick([[0x0A], [0x0D, 0x0A], [0x0A, 0x0A], [], [0]])
    }
    for _ in 0..<mutator.below(4) { mutator.damageBytes(&text) }
    try Data(text).write(to: file)
    let badLines = BadLines { _ in }
    let source = TimelineSource(files: [file.path], state: nil, badLines: badLines)
    var tags: [UInt64] = []
    while true {
      let deliveries = try await source.next(limit: 5)
      if deliveries.isEmpty { break }
      tags += deliveries.map(\.tag)
    }
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).count
    try Finding.expect(zip(tags, tags.dropFirst()).allSatisfy { $0 < $1 }, "lines out of order", text)
    try Finding.expect(
      tags.count + badLines.count <= lines, "\(tags.count) deliveries of \(lines) lines", text)
    return tags.count
  }
}
