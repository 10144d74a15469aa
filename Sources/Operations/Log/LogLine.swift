import Logging

/// One line of the log. A pure value; whatever it holds, its bytes are one line.
struct LogLine {
  /// Longer texts are cut, in bytes: what an event brings along may be of any length.
  static let longestText = 4096

  /// Microseconds since 1970.
  let time: Int64
  let level: Logger.Level
  let message: String
  let metadata: Logger.Metadata

  /// The line with the line feed at its end.
  func bytes(_ format: LogFormat) -> [UInt8] {
    switch format {
    case .text: Array((text + "\n").utf8)
    case .json: Array((json + "\n").utf8)
    }
  }

  // MARK: - Text

  private var text: String {
    var line = "\(timestamp(microseconds: time)) \(level.rawValue) "
    appendEscaped(cut(message), to: &line, quote: false)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      line += " \(Self.word(key))="
      switch value {
      case .string(let text): line += Self.word(text)
      case .stringConvertible(let value): line += Self.word(value.description)
      case .array, .dictionary: appendJSON(value, to: &line)
      }
    }
    return line
  }

  /// A text as one word: in quotes if it could be taken for something else.
  private static func word(_ text: String) -> String {
    let text = cut(text)
    let isPlain = text.unicodeScalars.allSatisfy {
      !mustBeEscaped($0) && !" \"=\\[{".unicodeScalars.contains($0)
    }
    if isPlain, !text.isEmpty { return text }
    var word = ""
    appendString(text, to: &word)
    return word
  }

  // MARK: - JSON

  private var json: String {
    var line = "{\"time\":\"\(timestamp(microseconds: time))\",\"level\":\"\(level.rawValue)\",\"message\":"
    appendString(cut(message), to: &line)
    for (key, value) in renamed.sorted(by: { $0.key < $1.key }) {
      line += ","
      appendString(cut(key), to: &line)
      line += ":"
      appendJSON(value, to: &line)
    }
    return line + "}"
  }

  /// The metadata under keys that differ from those of every line, and from each other when they are cut.
  private var renamed: Logger.Metadata {
    let own: Set = ["time", "level", "message"]
    let isFine = metadata.keys.allSatisfy { !own.contains($0) && $0.utf8.count <= Self.longestText }
    if isFine { return metadata }
    var taken = own
    var renamed = metadata.filter { !own.contains($0.key) && $0.key.utf8.count <= Self.longestText }
    taken.formUnion(renamed.keys)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where renamed[key] == nil {
      var name = own.contains(key) ? key : String(cut(key).prefix(64))
      while taken.contains(name) { name = "metadata." + name }
      taken.insert(name)
      renamed[name] = value
    }
    return renamed
  }
}

private func cut(_ text: String) -> String {
  guard text.utf8.count > LogLine.longestText else { return text }
  return String(decoding: text.utf8.prefix(LogLine.longestText), as: UTF8.self) + "…"
}

private func appendJSON(_ value: Logger.MetadataValue, to line: inout String) {
  switch value {
  case .string(let text): appendString(cut(text), to: &line)
  case .stringConvertible(let value):
    switch value {
    case let number as any BinaryInteger: line += number.description
    case let flag as Bool: line += flag.description
    case let number as Double where number.isFinite: line += number.description
    default: appendString(cut(value.description), to: &line)
    }
  case .array(let values):
    line += "["
    for (index, element) in values.enumerated() {
      if index > 0 { line += "," }
      appendJSON(element, to: &line)
    }
    line += "]"
  case .dictionary(let members):
    line += "{"
    for (index, (key, element)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { line += "," }
      appendString(key, to: &line)
      line += ":"
      appendJSON(element, to: &line)
    }
    line += "}"
  }
}

/// A string of JSON. Text uses the same form for what needs quotes.
private func appendString(_ text: String, to line: inout String) {
  line += "\""
  appendEscaped(text, to: &line, quote: true)
  line += "\""
}

/// - Parameter quote: Whether quotes and backslashes are escaped too.
private func appendEscaped(_ text: String, to line: inout String, quote: Bool) {
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"" where quote, "\\" where quote:
      line += "\\"
      line.unicodeScalars.append(scalar)
    case "\n": line += "\\n"
    case "\r": line += "\\r"
    case "\t": line += "\\t"
    case _ where mustBeEscaped(scalar):
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    default: line.unicodeScalars.append(scalar)
    }
  }
}

/// Control characters, line separators, and what changes the direction of text or is invisible: they could break a line
/// into two, disturb a terminal, or make a line look like another.
private func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.value >= 0x20, scalar.value < 0x7F { return false }
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
    return true
  default: return false
  }
}

/// A time as RFC 3339 has it, in UTC with microseconds.
func timestamp(microseconds: Int64) -> String {
  let second: Int64 = 1_000_000
  let seconds = microseconds >= 0 ? microseconds / second : (microseconds - second + 1) / second
  let fraction = microseconds - seconds * second
  let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
  let ofDay = seconds - days * 86_400
  // The civil calendar from a count of days, in eras of 400 years that begin with March.
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let month = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * month + 2) / 5 + 1
  let civilMonth = month < 10 ? month + 3 : month - 9
  let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
  return "\(padded(year, 4))-\(padded(civilMonth, 2))-\(padded(day, 2))T\(padded(ofDay / 3600, 2)):"
    + "\(padded(ofDay / 60 % 60, 2)):\(padded(ofDay % 60, 2)).\(padded(fraction, 6))Z"
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
