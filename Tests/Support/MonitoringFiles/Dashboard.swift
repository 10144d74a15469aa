import Foundation
import TestKit

/// `operations/dashboard.json`, as far as tests look into it.
package struct Dashboard: Decodable, Sendable {
  package struct Panel: Decodable, Sendable {
    package struct Target: Decodable, Sendable {
      package let expr: String
      package let legendFormat: String
    }
    package struct Place: Decodable, Sendable {
      package let x, y, w, h: Int
    }
    package let id: Int
    package let type: String
    package let title: String
    package let gridPos: Place
    package let targets: [Target]?
  }
  struct Annotations: Decodable {
    struct Source: Decodable {
      let expr: String
      let titleFormat: String
    }
    let list: [Source]
  }
  struct Variables: Decodable {
    struct Variable: Decodable { let definition: String? }
    let list: [Variable]
  }

  package let panels: [Panel]
  let annotations: Annotations
  let templating: Variables

  package init() throws {
    let json = try Data(contentsOf: Repository.file("operations/dashboard.json"))
    self = try JSONDecoder().decode(Self.self, from: json)
  }

  /// Every expression, with the text that may name its labels.
  package var expressions: [(expr: String, legend: String)] {
    panels.flatMap { $0.targets ?? [] }.map { ($0.expr, $0.legendFormat) }
      + annotations.list.map { ($0.expr, $0.titleFormat) }
      + templating.list.compactMap(\.definition).map { ($0, "") }
  }
}
