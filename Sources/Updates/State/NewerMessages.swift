import BSON

/// How many messages of a dialog are newer than a given one (spec section 6).
package struct NewerMessages: Sendable, Equatable {
  package var total = 0
  /// Messages without a sender are counted in ``total`` only.
  package var bySender: [Identifier: Int] = [:]

  package init() {}

  /// L of spec section 6: those that this member did not send.
  func notSent(by userId: Identifier) -> Int { total - bySender[userId, default: 0] }
}
