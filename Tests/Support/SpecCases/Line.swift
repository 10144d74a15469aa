import SpecModel

/// One line of a timeline, and its required outcome.
package struct Line: Sendable, ExpressibleByStringLiteral {
  package enum Fate: Sendable {
    /// It is handled, or skipped.
    case fine
    /// It is an event that is acknowledged and counted as ignored.
    case ignored
    /// It is bad, and the reason contains these words.
    case bad([String])
  }

  /// The bytes, without line end.
  package let bytes: [UInt8]
  package var fate = Fate.fine

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  init(_ text: String) {
    self.init(Array(text.utf8))
  }

  init(_ json: JSON) {
    self.init(json.text)
  }

  /// - Parameter text: Used as it is.
  package init(stringLiteral text: String) {
    self.init(text)
  }

  /// The same line, expected to be ignored.
  var ignored: Line {
    var line = self
    line.fate = .ignored
    return line
  }

  /// The same line, expected to be bad for a reason that contains these words.
  func bad(_ words: String...) -> Line {
    var line = self
    line.fate = .bad(words)
    return line
  }

  /// The same line with `old` replaced in its text, for JSON that cannot be written as a value.
  func replacing(_ old: String, with new: String) -> Line {
    replacing(old, with: Array(new.utf8))
  }

  /// The same line with `old` replaced by any bytes.
  func replacing(_ old: String, with new: [UInt8]) -> Line {
    let pattern = Array(old.utf8)
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: pattern) }) else {
      preconditionFailure("\(old) does not occur in the line")
    }
    var line = Line(bytes[..<start] + new + bytes[(start + pattern.count)...])
    line.fate = fate
    return line
  }
}

/// The identity of the event of number `n` in a case.
func id(_ number: Int) -> String {
  let digits = String(number, radix: 16)
  return "65f0a1b2c3d4e5f6" + String(repeating: "0", count: 8 - digits.count) + digits
}

/// When every event of a case was made, unless it says otherwise.
let eventTime: JSON = 1763551369397.6482

/// The event of number `n` in a case.
///
/// - Parameter top: Fields next to `data` that overrule the usual ones.
func event(
  _ type: String, _ data: JSON = [:], n: Int = 1, _ top: JSON = [:], without: [ExactString] = []
) -> Line {
  let usual: JSON = [
    "_id": .string(id(n)), "tenantId": "t", "eventType": .string(type), "createdAt": eventTime, "data": data,
  ]
  return Line(usual.with(top).without(without))
}

/// A state line that stores records of one collection.
func upsert(_ collection: ExactString, _ records: JSON...) -> Line {
  Line(["upsert": .object([collection: .array(records)])])
}

/// A state line that deletes records of one collection.
func delete(_ collection: ExactString, _ keys: JSON...) -> Line {
  Line(["delete": .object([collection: .array(keys)])])
}

extension JSON {
  /// This object, overruled by the members of another.
  func with(_ other: JSON) -> JSON {
    .object((object ?? [:]).merging(other.object ?? [:]) { $1 })
  }

  /// This object without some members.
  func without(_ keys: [ExactString]) -> JSON {
    .object((object ?? [:]).filter { !keys.contains($0.key) })
  }
}
