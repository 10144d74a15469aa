import BSON

/// A query filter: conditions on fields that must all hold.
struct Filter {
  enum Condition {
    case isAny(of: Set<Value>)
    case isNot(Value)
    /// `true` for `$gt` and `$gte`.
    case compares(Double, isGreater: Bool, mayEqual: Bool)
  }

  /// A filter that asks for more than this knows.
  struct Unknown: Error, CustomStringConvertible {
    let description: String
  }

  let conditions: [(field: String, condition: Condition)]
  private let alternatives: [[Filter]]

  init(_ document: BSONDocument) throws(Unknown) {
    var conditions: [(field: String, condition: Condition)] = []
    var alternatives: [[Filter]] = []
    for element in document {
      let key = element.key
      if key == "$or" {
        var filters: [Filter] = []
        for item in element.array ?? .empty { filters.append(try Filter(item.document ?? .empty)) }
        alternatives.append(filters)
      } else if let operators = element.document,
        operators.first(where: { _ in true })?.keyBytes.first == UInt8(ascii: "$")
      {
        for test in operators { conditions.append((key, try Self.condition(test))) }
      } else {
        conditions.append((key, .isAny(of: [Value(element)])))
      }
    }
    (self.conditions, self.alternatives) = (conditions, alternatives)
  }

  private static func condition(_ test: BSONElement) throws(Unknown) -> Condition {
    let name = test.key
    switch name {
    case "$in": return .isAny(of: Set((test.array ?? .empty).map(Value.init)))
    case "$ne": return .isNot(Value(test))
    case "$gt", "$gte", "$lt", "$lte":
      guard let number = test.number else { break }
      return .compares(number, isGreater: name.hasPrefix("$gt"), mayEqual: name.hasSuffix("e"))
    default: break
    }
    throw Unknown(description: "the simulated database does not know \(name) with this value")
  }

  func matches(_ document: BSONDocument) -> Bool {
    conditions.allSatisfy { Self.holds($0.condition, document[$0.field]) }
      && alternatives.allSatisfy { $0.contains { $0.matches(document) } }
  }

  private static func holds(_ condition: Condition, _ element: BSONElement?) -> Bool {
    switch condition {
    case .isAny(let values): element.map { values.contains(Value($0)) } ?? false
    case .isNot(let value): element.map { Value($0) != value } ?? true
    case .compares(let bound, let isGreater, let mayEqual):
      switch element?.number {
      case nil: false
      case bound: mayEqual
      case let number?: (number > bound) == isGreater
      }
    }
  }
}
