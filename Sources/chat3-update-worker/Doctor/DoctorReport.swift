import BSON
import Foundation
import Maintenance

/// Prints what was found.
struct DoctorReport {
  private let findings: [Finding]

  init(_ findings: [Finding]) { self.findings = findings }

  var isFine: Bool { count(.failure) == 0 }

  private func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }

  func printJSON() throws {
    var output = BSONWriter()
    output.append("failures", Int64(count(.failure)))
    output.append("warnings", Int64(count(.warning)))
    output.open("findings", as: .array)
    for (index, finding) in findings.enumerated() {
      output.open(String(index))
      output.append("section", finding.section.rawValue)
      output.append("check", finding.check)
      output.append("severity", finding.severity.rawValue)
      output.append("sentence", finding.sentence)
      output.append("remedy", finding.remedy)
      output.close()
    }
    _ = try writeOutput(JSONWriter.text(output.finish()) + [UInt8(ascii: "\n")])
  }

  func printTable(form: Table.Form = .ofStandardOutput) throws {
    guard case .lines(let width) = form else {
      var table = Table(
        ["SECTION", "CHECK", "RESULT", "FINDING", "REMEDY"].map { TableColumn(title: $0) }, form: form)
      for finding in findings {
        guard
          try table.add([
            finding.section.rawValue, finding.check, finding.severity.rawValue, finding.sentence,
            finding.remedy ?? "",
          ])
        else { return }
      }
      _ = try table.flush()
      return
    }
    var table = Table(["RESULT", "CHECK", "FINDING"].map { TableColumn(title: $0) }, form: form)
    for row in Self.rows(findings, width: width) {
      guard try table.add(row) else { return }
    }
    guard try table.flush() else { return }
    let (failures, warnings) = (count(.failure), count(.warning))
    _ = try writeOutput(
      Array("\n\(failures) failed, \(warnings) to look at, \(findings.count) checked\n".utf8))
  }

  /// Rows for a terminal: the sections as headings, and the text in lines that fit, the remedy below the finding.
  static func rows(_ findings: [Finding], width: Int) -> [[String]] {
    let sections = Finding.Section.allCases.filter { section in findings.contains { $0.section == section } }
    let first = max("RESULT".count, sections.map(\.rawValue.count).max() ?? 0, "  warning".count)
    let second = max("CHECK".count, findings.map(\.check.count).max() ?? 0)
    let room = max(20, width - first - second - 4)
    var rows: [[String]] = []
    for section in sections {
      rows.append([section.rawValue, "", ""])
      for finding in findings where finding.section == section {
        var lines = wrapped(finding.sentence, to: room)
        lines += finding.remedy.map { wrapped("Remedy: " + $0, to: room) } ?? []
        for (index, line) in lines.enumerated() {
          rows.append(index == 0 ? ["  " + finding.severity.rawValue, finding.check, line] : ["", "", line])
        }
      }
    }
    return rows
  }

  /// The words in lines of at most `width` characters; a longer word is broken.
  private static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      var word = word[...]
      let last = lines.count - 1
      if lines[last].isEmpty {
        lines[last] = String(word.prefix(width))
        word = word.dropFirst(width)
      } else if lines[last].count + 1 + word.count <= width {
        lines[last] += " " + word
        continue
      }
      while !word.isEmpty {
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
    }
    return lines
  }
}
