import BSON

/// An answer of the inspector.
package struct InspectorAnswer: Sendable {
  package enum Body: Sendable {
    case bytes([UInt8])
    /// Updates as they are stored, for as long as the client stays.
    case live(LiveTail)
  }

  package let status: Int
  package private(set) var fields: [(name: String, value: String)]
  package let body: Body

  /// What every answer has, the errors and the style sheet too.
  private static let safety: [(String, String)] = [
    (
      "Content-Security-Policy",
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
  ]

  init(
    _ status: Int, _ contentType: String, _ body: Body, caching: String = "no-store",
    fields: [(String, String)] = []
  ) {
    self.status = status
    self.body = body
    self.fields =
      [("Content-Type", contentType), ("Cache-Control", caching)] + Self.safety + fields
  }

  static func html(_ text: String, status: Int = 200, fields: [(String, String)] = []) -> InspectorAnswer {
    InspectorAnswer(status, "text/html; charset=utf-8", .bytes(Array(text.utf8)), fields: fields)
  }

  static func json(
    _ document: BSONDocument, status: Int = 200, fields: [(String, String)] = []
  ) -> InspectorAnswer {
    InspectorAnswer(
      status, "application/json", .bytes(JSONWriter.text(document) + [UInt8(ascii: "\n")]), fields: fields)
  }

  /// Sends the browser on by GET.
  static func redirect(to location: String, fields: [(String, String)] = []) -> InspectorAnswer {
    InspectorAnswer(
      303, "text/plain; charset=utf-8", .bytes([]), fields: [("Location", location)] + fields)
  }

  /// The value of a header field.
  package subscript(_ name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The body as text; `nil` for one that does not end.
  package var text: String? {
    guard case .bytes(let bytes) = body else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
