import TestKit
import Foundation
import TestServers

/// The rights that docs/security.md tells operators to grant, read from that page so that tests check what it
/// says.
struct SecurityDocument {
  private let lines: [Substring]

  init() throws {
    let file = Repository.file("docs/security.md")
    lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
  }

  /// The names in the three patterns of `rabbitmqctl set_permissions` for a user.
  func permissions(of user: String) throws -> (configure: [String], write: [String], read: [String]) {
    guard let line = lines.first(where: { $0.contains("set_permissions") && $0.contains(" \(user) ") }) else {
      throw TestServerError("docs/security.md has no set_permissions for \(user)")
    }
    let patterns = line.split(separator: "'", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
    guard patterns.count == 3 else {
      throw TestServerError("this line does not have three patterns: \(line)")
    }
    let names = patterns.map { pattern in
      pattern.drop { "^(".contains($0) }.prefix { !")$".contains($0) }.split(separator: "|").map {
        String($0).replacing("\\.", with: ".")
      }
    }
    return (names[0], names[1], names[2])
  }

  /// What the page has an operator type into MongoDB's shell, as commands in JSON, for another database and with
  /// a password.
  func databaseCommands(database: String, password: String) throws -> [String] {
    let text = lines.filter { $0.hasPrefix("    ") }.joined(separator: "\n")
    let calls = text.split(separator: "db.").dropFirst().compactMap { call -> (String, String)? in
      guard let open = call.firstIndex(of: "("), let close = call.firstRange(of: " })") else { return nil }
      return (String(call[..<open]), String(call[call.index(after: open)..<close.lowerBound]))
    }
    let commands = calls.map { name, argument in
      // The shell takes keys without quotation marks, and its first key names what is made.
      (argument + " }").replacing("role:", with: "\(name):").replacing("user:", with: "\(name):")
        .replacing("passwordPrompt()", with: "\"\(password)\"").replacing(
          "\"chat3\"", with: "\"\(database)\""
        )
        .replacing(/([A-Za-z]+):/) { "\"\($0.output.1)\":" }
    }
    guard commands.count >= 4 else { throw TestServerError("docs/security.md has only \(commands)") }
    return commands
  }

  /// The actions that a role of MongoDB has, by collection.
  func actions(of role: String) throws -> [String: Set<String>] {
    guard let start = lines.firstIndex(where: { $0.contains("role: \"\(role)\"") }) else {
      throw TestServerError("docs/security.md has no role \(role)")
    }
    var actions: [String: Set<String>] = [:]
    for line in lines[start...].prefix(while: { !$0.contains("], roles: [") }) {
      let words = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
      guard line.contains("collection:"), words.count > 2 else { continue }
      // The database, the collection, then the actions.
      actions[words[1], default: []].formUnion(words[2...])
    }
    return actions
  }
}
