import Support
import Pipeline
import Foundation

/// The lines in which a command says, at its end, what has become of everything.
struct Summary {
  private static let labelWidth = 16
  private var lines: [String] = []

  /// Adds a sentence.
  mutating func add(_ sentence: String) { lines.append(sentence) }

  /// Adds a count, with what it is made of, the most first.
  mutating func add(_ label: String, _ count: Int, _ parts: [String: Int] = [:]) {
    let named = parts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map {
      "\($0.value) \(printable($0.key))"
    }
    add(label, text: grouped(count) + (named.isEmpty ? "" : "  (\(named.joined(separator: ", ")))"))
  }

  /// Adds a count, with notes on it.
  mutating func add(_ label: String, _ count: Int, note: [String]) {
    add(label, text: grouped(count) + (note.isEmpty ? "" : "  (\(note.joined(separator: ", ")))"))
  }

  /// Adds a label and what there is to say about it.
  mutating func add(_ label: String, words: String) { add(label, text: words) }

  /// Adds how long it took, and how many of something a second that were.
  mutating func add(seconds: Double, _ count: Int, of unit: String) {
    let rate = seconds > 0 ? Int(Double(count) / seconds) : 0
    add("took", text: "\(String(format: "%.2f", seconds)) s  (\(grouped(rate)) \(unit)/s)")
  }

  private mutating func add(_ label: String, text: String) {
    lines.append(label.padding(toLength: Self.labelWidth, withPad: " ", startingAt: 0) + text)
  }

  /// All lines.
  var text: String { lines.joined(separator: "\n") }
}

/// A count with its thousands apart.
func grouped(_ number: Int) -> String {
  var text = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0, index % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}

/// `[######..................] 25 %`.
func bar(_ fraction: Double) -> String {
  let done = min(1, max(0, fraction))
  let filled = Int(done * 24)
  return
    "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 24 - filled))] \(Int(done * 100)) %"
}
