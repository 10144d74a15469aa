extension TimelineGenerator {
  /// A number from 0 up to the bound, the bound excluded.
  mutating func below(_ bound: Int) -> Int {
    Int(random.next() % UInt64(max(bound, 1)))
  }

  /// True in this many of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool {
    below(100) < percent
  }

  /// One of these; they must not be empty.
  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// The value in this many of a hundred cases, else `nil`.
  mutating func maybe(
    _ percent: Int, _ value: (inout TimelineGenerator) -> JSON
  ) -> JSON? {
    chance(percent) ? value(&self) : nil
  }

  /// These in random order.
  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var rest = elements
    var result: [Element] = []
    while !rest.isEmpty {
      result.append(rest.remove(at: below(rest.count)))
    }
    return result
  }

  /// An id, which sometimes is `null` or absent instead.
  mutating func id(_ text: String, percent: Int) -> JSON? {
    if chance(percent) { return .string(text) }
    return chance(40) ? .null : nil
  }

  /// A section, which in this many of a hundred cases is absent, `null` or not an object.
  mutating func section(_ fields: Fields, spoiled percent: Int) -> JSON? {
    guard chance(percent) else { return .object(fields) }
    let spoilt: [JSON?] = [nil, nil, JSON.null, JSON.null, "x", 5, [], [["a": 1]], false]
    return pick(spoilt)
  }

  mutating func tenant() -> String { chance(75) ? Universe.tenants[0] : pick(Universe.tenants) }

  mutating func user() -> String {
    chance(60) ? pick(Array(Universe.users.prefix(8))) : pick(Universe.users)
  }

  mutating func dialog() -> String { pick(Universe.dialogs) }

  mutating func message(of dialog: String) -> String { pick(Universe.messages(of: dialog)) }

  mutating func time() -> JSON { pick(Universe.times) }

  /// A `createdAt` as records have it, which sometimes is not a number.
  mutating func recordedTime() -> JSON? {
    if chance(88) { return time() }
    let odd: [JSON?] = [
      nil, JSON.null, "2025-11-19T11:22:49Z", ["$date": "2025-11-19T11:22:49Z"], 0, -1.5, 1e21,
      .integer(.max), .integer(.min), 9_223_372_036_854_775_808.0,
    ]
    return pick(odd)
  }

  mutating func hex(digits: Int) -> String {
    let alphabet = Array(chance(25) ? "0123456789ABCDEFabcdef" : "0123456789abcdef")
    var text = ""
    for _ in 0..<digits {
      text.append(pick(alphabet))
    }
    return text
  }
}
