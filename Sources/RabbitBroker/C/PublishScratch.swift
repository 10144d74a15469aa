import BSON
import CRabbitMQ
import Foundation
import Pipeline

/// Where the texts of a message's properties are put together, to lend them to C at once.
struct PublishScratch {
  var bytes: [UInt8] = []

  /// Appends a text; gives where it lies.
  mutating func add(_ text: String) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    return start..<bytes.count
  }

  /// Appends the 24 hex digits of an id; gives where they lie.
  mutating func add(_ id: ObjectId) -> Range<Int> {
    let start = bytes.count
    id.appendHex(to: &bytes)
    return start..<bytes.count
  }
}
