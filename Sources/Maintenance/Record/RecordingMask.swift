import BSON

/// Fields whose text is hidden in a recording, by their dotted paths (`data.message.content`). A path counts
/// from the top of an event, and from the top of a record of a state line. It passes through arrays, and where
/// it ends at an object or an array, all text in there is hidden.
package struct RecordingMask: Sendable {
  /// Why a field cannot be masked.
  package struct Refusal: Error, Equatable {
    /// One plain sentence.
    package let message: String
  }

  /// What the worker recognises things by, or decides by: with other values there, a replay would make other
  /// updates.
  private static let needed = [
    "_id", "eventId", "tenantId", "eventType", "entityType", "entityId", "actorId", "userId", "dialogId",
    "messageId", "senderId", "type", "userType", "status", "key", "data.userId", "data.context.dialogId",
    "data.context.messageId", "data.context.entityId", "data.context.eventType", "data.context.updatedFields",
    "data.delta.unreadCount", "data.dialog.dialogId", "data.member.userId", "data.message.messageId",
    "data.message.dialogId", "data.message.senderId", "data.typing.userId", "data.user.userId",
    "data.user.type",
  ].map { $0.split(separator: ".").map(String.init) }

  /// What comes after a step of the paths.
  final class Node: Sendable {
    let isEnd: Bool
    let next: [[UInt8]: Node]

    init(_ paths: [ArraySlice<String>]) {
      isEnd = paths.contains { $0.isEmpty }
      next = Dictionary(grouping: paths.filter { !$0.isEmpty }) { Array(($0.first ?? "").utf8) }
        .mapValues { Node($0.map { $0.dropFirst() }) }
    }
  }

  /// `nil` when nothing is masked.
  let root: Node?

  /// - Throws: ``Refusal`` for a path that makes no sense, or that is, holds or lies in a field that the
  ///   worker needs.
  package init(_ fields: [String]) throws(Refusal) {
    var paths: [[String]] = []
    for field in fields {
      let path = field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard path.allSatisfy({ !$0.isEmpty }) else {
        throw Refusal(message: "\"\(field)\" is no field; write a path such as data.message.content")
      }
      for needed in Self.needed where zip(path, needed).allSatisfy(==) {
        let name = needed.joined(separator: ".")
        throw Refusal(
          message: "\(field) cannot be masked, because a replay needs "
            + (name == field ? "it" : path.count < needed.count ? "\(name) in it" : name)
            + " as it is; name a field of the contents, such as data.message.content")
      }
      paths.append(path)
    }
    root = paths.isEmpty ? nil : Node(paths.map { $0[...] })
  }

  /// A text as it is shown instead: as many `x` as it has characters.
  static func mask(_ text: String) -> [UInt8] {
    Array(repeating: UInt8(ascii: "x"), count: text.count)
  }
}
