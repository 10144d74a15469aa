/// A JSON value as the spec sees it (§1): integers keep all their digits, keys compare by bytes.
package indirect enum JSON: Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number.
  case double(Double)
  case string(String)
  case array([JSON])
  case object(Fields)
}

extension JSON: Equatable {
  /// Compares type and value: `5` and `5.0` differ here, unlike in `sameValue(as:)`.
  package static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.string(let a), .string(let b)): ExactString(a) == ExactString(b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }
}

extension JSON {
  /// Whether both are the same JSON value. Numbers compare by their mathematical value, strings byte by byte,
  /// and objects without regard to the order of keys.
  package func sameValue(as other: JSON) -> Bool {
    switch (self, other) {
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.sameValue(as: $1) }
    case (.object(let a), .object(let b)):
      guard a.count == b.count else { return false }
      return a.allSatisfy { key, value in
        guard let counterpart = b[key] else { return false }
        return value.sameValue(as: counterpart)
      }
    default:
      if let a = number, let b = other.number { return a == b }
      return self == other
    }
  }

  /// The number, if this is one.
  package var number: Number? {
    switch self {
    case .integer(let value): .integer(value)
    case .double(let value): .double(value)
    default: nil
    }
  }

  /// The text, if this is a string.
  package var string: ExactString? {
    guard case .string(let text) = self else { return nil }
    return ExactString(text)
  }

  /// The members, if this is an object.
  package var object: Fields? {
    guard case .object(let fields) = self else { return nil }
    return fields
  }

  /// The elements, if this is an array.
  package var array: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The member with this name; `nil` if this is not an object or has no such member.
  package subscript(name: ExactString) -> JSON? {
    object?[name]
  }

  package static func string(_ text: ExactString) -> JSON {
    .string(text.text)
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral text: String) { self = .string(text) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// The last of equal keys counts.
  package init(dictionaryLiteral members: (ExactString, JSON)...) {
    self = .object(Fields(members, uniquingKeysWith: { _, last in last }))
  }
}
