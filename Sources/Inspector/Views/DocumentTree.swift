import BSON

/// A document as a tree whose branches fold.
struct DocumentTree {
  /// Deeper documents stand there as JSON.
  private static let deepest = 24
  /// More members of one document are counted, not shown.
  private static let mostMembers = 500
  /// More nodes of the whole tree are counted, not shown.
  private static let mostNodes = 2000

  /// What the template of a node is filled with.
  private(set) var nodes: [[String: Any]] = []
  private var shown = 0
  private var leftOut = 0

  init(_ document: BSONDocument) {
    nodes = nodes(document, depth: 0)
  }

  /// How many nodes were left out for the size of the tree, in a sentence; `nil`: none.
  var note: String? {
    leftOut == 0
      ? nil
      : "\(counted(leftOut, "field")) and what is in them are left out; the JSON below has all of the document."
  }

  private mutating func nodes(_ document: BSONDocument, depth: Int) -> [[String: Any]] {
    var nodes: [[String: Any]] = []
    var left = 0
    for element in document {
      if nodes.count == Self.mostMembers || shown == Self.mostNodes {
        left += 1
      } else {
        nodes.append(node(element, depth: depth))
      }
    }
    if left > 0 {
      leftOut += left
      nodes.append([
        "key": "…", "isBranch": false, "isLeaf": true, "value": "and \(grouped(left)) more", "kind": "null",
      ])
    }
    return nodes
  }

  private mutating func node(_ element: BSONElement, depth: Int) -> [String: Any] {
    shown += 1
    if let inner = element.document ?? element.array, !inner.isEmpty, depth < Self.deepest {
      let children = nodes(inner, depth: depth + 1)
      let count = inner.reduce(0) { count, _ in count + 1 }
      let isArray = element.type == .array
      return [
        "key": element.key, "isBranch": true, "isLeaf": false, "children": children,
        "isOpen": depth < 3 && children.count <= 40,
        "size": counted(count, isArray ? "item" : "field"), "isArray": isArray,
      ]
    }
    return [
      "key": element.key, "isBranch": false, "isLeaf": true, "value": Self.text(of: element),
      "kind": Self.kind(of: element),
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
