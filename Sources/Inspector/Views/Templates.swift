import Mustache

/// The templates, which are part of the executable.
struct Templates: Sendable {
  private let library: MustacheLibrary

  /// - Throws: when one of them cannot be read.
  init() throws { library = try Self.library.get() }

  /// Every page renders from the same library, which takes longer to read than a page to render.
  private static let library = Result {
    MustacheContentTypes.register(SafeText(), named: SafeText.name)
    var library = MustacheLibrary()
    for (name, text) in all {
      // The directive holds for what follows it, and for the parts that it includes.
      try library.register("{{% CONTENT_TYPE:\(SafeText.name)}}\n" + text, named: name)
    }
    return library
  }

  /// - Throws: ``InspectorError`` when there is no such template.
  func render(_ name: String, _ context: [String: Any]) throws -> String {
    guard let text = library.render(context, withTemplate: name) else {
      throw InspectorError(.unavailable, "The page \(name) has no template; this is a fault of the program.")
    }
    return text
  }

  private static let all: [String: String] = [
    "frame": frame, "error": error, "update-table": updateTable, "updates": updates, "update": update,
    "node": node, "compare": compare, "event": event, "user": user, "dialog": dialog, "overview": overview,
    "live": live, "dead-letters": deadLetters, "pieces": pieces, "copies": copies, "noted": noted,
  ]
}

/// Text in HTML, also in an attribute in double quotes. The package's own escaping looks at whole characters, and a
/// quote that is followed by a combining accent is another character than a quote; a browser sees the quote.
struct SafeText: MustacheContentType {
  static let name = "SAFE"

  func escapeText(_ text: String) -> String { escapedHTML(text) }
}

/// Text that means nothing in HTML but itself. Control characters, which a browser may drop or a reader not see, and
/// those that turn the direction of what follows, become U+FFFD.
func escapedHTML(_ text: String) -> String {
  if text.utf8.allSatisfy(isPlainInHTML) { return text }
  var output = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "<": output.append(contentsOf: "&lt;".unicodeScalars)
    case ">": output.append(contentsOf: "&gt;".unicodeScalars)
    case "&": output.append(contentsOf: "&amp;".unicodeScalars)
    case "\"": output.append(contentsOf: "&quot;".unicodeScalars)
    case "'": output.append(contentsOf: "&#39;".unicodeScalars)
    default: output.append(isShownAsItIs(scalar) ? scalar : "\u{FFFD}")
    }
  }
  return String(output)
}

/// Whether the byte is an ASCII character that never has to be escaped: most texts are ids, numbers and times.
private func isPlainInHTML(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: ","):
    true
  default: false
  }
}

/// Whether a page shows it as it is, as neither controls nor what turns the direction of the text that follows.
func isShownAsItIs(_ scalar: UnicodeScalar) -> Bool {
  switch scalar {
  case "\n", "\t": true
  case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": false
  default: scalar.properties.generalCategory != .control
  }
}
