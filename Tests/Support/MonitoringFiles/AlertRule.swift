import Foundation
import TestKit

/// A rule of `operations/alerts.yaml`.
package struct AlertRule: Decodable, Sendable {
  package let alert: String
  package let expr: String
  package let labels: [String: String]
  package let annotations: [String: String]

  private struct File: Decodable {
    struct Group: Decodable { let rules: [AlertRule] }
    let groups: [Group]
  }

  package static func all() throws -> [AlertRule] {
    let json = try YAML.json(Repository.file("operations/alerts.yaml"))
    return try JSONDecoder().decode([File].self, from: json).flatMap(\.groups).flatMap(\.rules)
  }
}
