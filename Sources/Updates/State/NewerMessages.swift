import BSON

/// The messages of a dialog that are newer than one (spec section 6).
package struct NewerMessages: Sendable, Equatable {
  /// All of them.
  package var total = 0
  /// Those of each sender; messages without a sender are in ``total`` only.
  package var bySender: [Identifier: Int] = [:]

  /// None.
  package init() {}

  /// L of spec section 6: those sent by anybody but this member.
  func notSent(by userId: Identifier) -> Int { total - bySender[userId, default: 0] }
}
