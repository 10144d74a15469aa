/// A file that pages load. It is part of the executable.
struct Asset: Sendable {
  let contentType: String
  let text: String

  /// By path. They tell nothing of the data, so that also the page that asks for the token looks like one.
  static let all: [String: Asset] = [
    "/assets/style.css": Asset(contentType: "text/css; charset=utf-8", text: styleSheet),
    "/assets/script.js": Asset(contentType: "text/javascript; charset=utf-8", text: script),
    "/assets/icon.svg": Asset(contentType: "image/svg+xml", text: icon),
  ]

  private static let icon = #"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#3e63dd" d="M1 3h14v8H8l-4 3v-3H1z"/></svg>
    """#
}
