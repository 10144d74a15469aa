import BSON
package import Foundation
import SpecModel

/// Makes hostile inputs. Each depends only on the seed and its number, so that any of them can be made again.
package struct Fuzzer: Sendable {
  /// How many inputs had each fate so far, by kind of input.
  package private(set) var fates: [String: Int] = [:]
  private let seed: UInt64
  private let corpus: Corpus
  private let state: RandomState
  /// Holds the timelines that are read as files.
  private let file: URL

  /// - Parameter folder: Where the fuzzer may write its files.
  package init(seed: UInt64, folder: URL) throws {
    self.seed = seed
    corpus = try Corpus()
    file = folder.appendingPathComponent("timeline-\(UUID().uuidString).ndjson")
    var mutator = Mutator(random: SplitMix64(seed: seed), corpus: corpus)
    state = RandomState(Self.documents(&mutator))
  }

  /// Makes the input with this number and checks how it is handled.
  ///
  /// - Throws: ``Finding`` if it is handled wrongly.
  package mutating func check(_ number: Int) async throws {
    let mixed = seed &+ UInt64(number) &* 0xD134_2543_DE82_EF95
    var mutator = Mutator(random: SplitMix64(seed: mixed), corpus: corpus)
    switch mutator.below(100) {
    case 0..<62:
      let input = EventCheck(input: mutator.event())
      guard try input.document() != nil else { return count("events", "no JSON object") }
      switch try input.againstModel() {
      case .bad: count("events", "bad")
      case .ignored: count("events", "ignored")
      case .updates:
        try input.against(state, &mutator)
        count("events", "updates made")
      }
    case 62..<84:
      let isDocument = try BSONCheck(input: Self.damagedBSON(&mutator)).run()
      count("BSON", isDocument ? "taken and read" : "refused")
    case 84..<90: count("AMQP headers", try HeaderCheck.run(&mutator) ? "read" : "none")
    case 90..<95: count("connection strings", try URLCheck.run(&mutator) ? "usable" : "refused")
    case 95..<98:
      URLCheck.runDamaged(&mutator)
      count("connection strings", "damaged")
    default:
      _ = try await LineCheck.run(&mutator, file: file)
      count("timelines", "read to the end")
    }
  }

  private mutating func count(_ kind: String, _ fate: String) { fates["\(kind): \(fate)", default: 0] += 1 }

  package func removeFiles() throws {
    if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
  }

  /// The BSON of a line, with damages.
  private static func damagedBSON(_ mutator: inout Mutator) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.isEmpty {
      if let document = try? JSONReader.object(mutator.line()) { bytes = Array(document.bytes) }
    }
    for _ in 0..<mutator.pick([0, 1, 1, 2, 4]) {
      if mutator.below(2) == 0, bytes.count > 6 {
        // With another type, the elements after this one shift or fall apart.
        let position = mutator.below(bytes.count)
        bytes[position] = UInt8(mutator.pick(Array(1...0x13) + [0x7F, 0xFF]))
      } else {
        mutator.damageBytes(&bytes)
      }
    }
    if mutator.below(2) == 0, bytes.count >= 5 {
      // With a length that fits again, the reader reaches the damage after it.
      let length = UInt32(bytes.count)
      for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index)) }
    }
    return bytes
  }

  /// Well-formed documents, many with values of types that JSON does not have.
  private static func documents(_ mutator: inout Mutator) -> [BSONDocument] {
    var documents: [BSONDocument] = []
    while documents.count < 400 {
      if let document = try? BSONDocument(validating: damagedBSON(&mutator)) { documents.append(document) }
    }
    return documents
  }
}
