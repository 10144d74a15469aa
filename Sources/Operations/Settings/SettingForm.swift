/// What a setting takes.
package enum SettingForm: Sendable {
  /// The address of a server, which may hold credentials. The room of that server judges it.
  case serverURL
  /// A name of RabbitMQ, of 1 to so many bytes.
  case name(longest: Int)
  case count(ClosedRange<Int>)
  case seconds(ClosedRange<Double>)
  /// One of these words, in capitals or not.
  case word([String])
  /// `HOST:PORT`, where port 0 is any free one, or `off`.
  case address
  /// A flag without a value.
  case toggle

  /// Whether the value is never shown as it is, and may come from a file.
  package var isSecret: Bool { if case .serverURL = self { true } else { false } }

  /// What the help calls the value of the flag.
  package var valueName: String {
    switch self {
    case .serverURL: "url"
    case .name: "name"
    case .count: "count"
    case .seconds: "seconds"
    case .word: "word"
    case .address: "host:port"
    case .toggle: ""
    }
  }

  /// What it takes, as the end of a sentence.
  package var description: String {
    switch self {
    case .serverURL: "a URL"
    case .name(let longest): "a name of 1 to \(longest) bytes"
    case .count(let range): "a count from \(range.lowerBound) to \(range.upperBound)"
    case .seconds(let range): "seconds from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
    case .word(let words): "one of \(words.joined(separator: ", "))"
    case .address: "HOST:PORT, with a port from 0 to 65535, or off"
    case .toggle: "true or false"
    }
  }

  /// Whether it takes this text.
  package func takes(_ text: String) -> Bool {
    switch self {
    case .serverURL: !text.isEmpty
    case .name(let longest): 1...longest ~= text.utf8.count
    case .count(let range): Int(text).map(range.contains) ?? false
    case .seconds(let range): Double(text).map(range.contains) ?? false
    case .word(let words): words.contains(text.lowercased())
    case .address: EndpointSetting(text) != nil
    case .toggle: text == "true" || text == "false"
    }
  }
}
