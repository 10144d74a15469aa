import BSON
import CRabbitMQ
import Foundation
import Pipeline

/// Collects the texts of a message's properties in one buffer, to lend them all to C at once.
struct PublishScratch {
  var bytes: [UInt8] = []

  /// Appends a text; returns its range.
  mutating func add(_ text: String) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    return start..<bytes.count
  }

  /// Appends the 24 hex digits of an id; returns their range.
  mutating func add(_ id: ObjectId) -> Range<Int> {
    let start = bytes.count
    id.appendHex(to: &bytes)
    return start..<bytes.count
  }
}
