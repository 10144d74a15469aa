import TestKit
import Foundation
import SpecCases
import SpecModel
import Updates

/// What inputs are made from: the lines of the spec's cases and of the fixtures, and random timelines.
struct Corpus {
  /// Lines of timelines: events, state lines, and others.
  let lines: [[UInt8]]
  /// The lines that are events of a type that makes updates.
  let events: [[UInt8]]

  init() throws {
    var lines = SpecCase.all.flatMap { $0.lines.map(\.bytes) }
    for seed in 1...8 {
      var generator = TimelineGenerator(seed: UInt64(seed))
      lines += generator.rawTimeline(events: 60)
    }
    let fixtures = Repository.file("fixtures")
    let files = try FileManager.default.contentsOfDirectory(atPath: fixtures.path).sorted()
    for file in files where file.hasSuffix(".ndjson") {
      let text = try Data(contentsOf: fixtures.appendingPathComponent(file))
      lines += text.split(separator: UInt8(ascii: "\n")).prefix(60).map(Array.init)
    }
    var seen: Set<[UInt8]> = []
    // The largest lines would take most of the time and show no more than smaller ones.
    lines = lines.filter { (2...16_000).contains($0.count) && seen.insert($0).inserted }
    self.lines = lines
    events = lines.filter { line in
      do { return try Event(EventHeader(json: line)) != nil } catch { return false }
    }
  }
}
