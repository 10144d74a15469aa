/// The names of the terms that a search line may have.
enum SearchField: String, CaseIterable, Sendable {
  case tenant
  case user
  case dialog
  case event
  case type
  case eventType = "event-type"
  case published = "is"
  case after
  case before

  /// Whether `!` makes sense in front of it.
  var canBeNegated: Bool { self != .after && self != .before }

  /// A term as an example.
  var example: String {
    switch self {
    case .tenant: "tenant:tnt_a"
    case .user: "user:maria"
    case .dialog: "dialog:dlg_1"
    case .event: "event:6925a0010000000000000005"
    case .type: "type:MessageUpdate"
    case .eventType: "event-type:dialog.typing"
    case .published: "is:unpublished"
    case .after: "after:2h"
    case .before: "before:2026-11-21T12:30:00Z"
    }
  }
}

/// A qualified term, such as `!user:maria`.
struct SearchTerm: Sendable, Equatable {
  let field: SearchField
  let value: String
  let isNegated: Bool

  init(_ field: SearchField, _ value: String, isNegated: Bool = false) {
    self.field = field
    self.value = value
    self.isNegated = isNegated
  }

  /// As it stands in a search line: in quotes where it would else not be read as the same.
  var text: String {
    // By code points: a quote with a combining accent is another character than a quote.
    let scalars = value.unicodeScalars
    var written = String.UnicodeScalarView()
    for scalar in scalars {
      if scalar == "\"" || scalar == "\\" { written.append("\\") }
      written.append(scalar)
    }
    let needsQuotes = scalars.isEmpty || written.count > scalars.count || scalars.contains(where: isBlank)
    let value = needsQuotes ? "\"" + String(written) + "\"" : value
    return (isNegated ? "!" : "") + field.rawValue + ":" + value
  }
}

/// Whether it ends a term that is not in quotes.
func isBlank(_ scalar: UnicodeScalar) -> Bool {
  scalar.value <= 0x20 || scalar.properties.isWhitespace
}
