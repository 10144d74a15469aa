package import BSON
import Foundation
import Support

/// The dead letters as the inspector needs them.
package protocol LetterBox: Sendable {
  /// How many there are; changes nothing.
  func count() async throws -> Int

  /// The oldest ones, at most `limit`; they stay in their places.
  func read(limit: Int) async throws -> [Letter]

  /// Does something to letters, wherever they stand in the queue.
  ///
  /// - Parameter digests: Those of ``Letter/digest``.
  func perform(_ action: LetterAction, on digests: Set<String>, within bounds: LetterBounds) async
    -> LetterOutcome
}

/// A dead letter.
package struct Letter: Sendable {
  package let body: [UInt8]
  package let properties: BSONDocument
  package let headers: BSONDocument
  /// What is wrong with the event, in words.
  package let reason: String?
  /// When it failed: ISO 8601, UTC.
  package let failedAt: String?
  package let routingKey: String?

  package init(
    body: [UInt8], properties: BSONDocument, headers: BSONDocument, reason: String?, failedAt: String?,
    routingKey: String?
  ) {
    self.body = body
    self.properties = properties
    self.headers = headers
    self.reason = reason
    self.failedAt = failedAt
    self.routingKey = routingKey
  }

  /// What it is known by, wherever it stands in the queue: hex digits of a hash of all that it holds.
  package var digest: String {
    // The length keeps the parts apart.
    let parts = ([body, properties.bytes.map { $0 }, headers.bytes.map { $0 }] + texts).flatMap { part in
      [withUnsafeBytes(of: UInt64(part.count).littleEndian) { Array($0) }, part]
    }
    return SHA256.hash(parts).prefix(16).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// Whether a text can be a ``digest``.
  static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 32 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
  }

  private var texts: [[UInt8]] {
    [reason, failedAt, routingKey].map { $0.map { Array($0.utf8) } ?? [] }
  }
}
