import BSON

/// A document as a tree whose branches fold.
enum DocumentTree {
  /// Deeper documents stand there as JSON.
  private static let deepest = 24
  /// More members than these are counted, not shown.
  private static let mostMembers = 500

  static func nodes(_ document: BSONDocument) -> [[String: Any]] { nodes(document, depth: 0) }

  private static func nodes(_ document: BSONDocument, depth: Int) -> [[String: Any]] {
    var nodes: [[String: Any]] = []
    var left = 0
    for element in document {
      if nodes.count == mostMembers { left += 1 } else { nodes.append(node(element, depth: depth)) }
    }
    if left > 0 {
      nodes.append([
        "key": "…", "isBranch": false, "isLeaf": true, "value": "and \(grouped(left)) more", "kind": "null",
      ])
    }
    return nodes
  }

  private static func node(_ element: BSONElement, depth: Int) -> [String: Any] {
    if let inner = element.document ?? element.array, !inner.isEmpty, depth < deepest {
      let children = nodes(inner, depth: depth + 1)
      let isArray = element.type == .array
      let noun = isArray ? "item" : "field"
      return [
        "key": element.key, "isBranch": true, "isLeaf": false, "children": children,
        "isOpen": depth < 3 && children.count <= 40,
        "size": counted(children.count, noun), "isArray": isArray,
      ]
    }
    return [
      "key": element.key, "isBranch": false, "isLeaf": true, "value": text(of: element),
      "kind": kind(of: element),
    ]
  }

  /// The value as JSON has it.
  static func text(of element: BSONElement) -> String {
    var json = JSONWriter()
    json.append(valueOf: element)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static func kind(of element: BSONElement) -> String {
    switch element.type {
    case .string: "string"
    case .int32, .int64, .double, .decimal128: "number"
    case .bool: "bool"
    case .objectId: "id"
    default: "null"
    }
  }
}
