package import SpecModel

/// An update as it was found in a store or in a message.
package struct ObservedUpdate: Sendable {
  /// With ObjectIds as hex strings.
  package let fields: JSON
  /// The same as JSON text.
  package let text: String
  /// The routing key of its message.
  package let routingKey: String

  /// - Parameter routingKey: Needed if the text does not hold it.
  ///
  /// - Throws: An error if the text is not JSON.
  package init(_ text: String, routingKey: String? = nil) throws {
    self.text = text
    fields = try JSON.parse(text, deepest: 220)
    self.routingKey = routingKey ?? fields["routingKey"]?.string?.text ?? ""
  }

  /// The update type in lower case, which is the last word of the routing key.
  var type: String {
    String(
      decoding: routingKey.utf8.split(separator: UInt8(ascii: ".")).last ?? Substring().utf8, as: UTF8.self)
  }

  /// The source event.
  var eventId: String { fields["eventId"]?.string?.text ?? "?" }

  /// The recipient.
  var userId: ExactString { fields["userId"]?.string ?? "?" }

  /// The value at a path; `nil` if there is none.
  func value(at path: String) -> JSON? {
    var value: JSON? = fields
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      if let elements = value?.array {
        value = Int(part).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
      } else {
        value = value?[ExactString(String(part))]
      }
    }
    return value
  }

  /// Whether the text has a member that is written exactly like this.
  func writes(_ member: String) -> Bool {
    [",", "}", "]"].contains { text.utf8.contains(Array((member + $0).utf8)) }
  }
}

extension String.UTF8View {
  fileprivate func contains(_ bytes: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: bytes) }
  }
}
