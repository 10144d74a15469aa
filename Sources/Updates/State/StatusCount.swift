import BSON

/// How often a pair of userType and status stands in a message's history (spec section 3.1).
package struct StatusCount: Sendable, Equatable {
  /// The type of the users, `nil` when the records have none.
  package let userType: String?
  /// The status, `nil` when the records have none.
  package let status: String?
  /// Every record counted.
  package let count: Int

  /// Takes a count.
  package init(userType: String?, status: String?, count: Int) {
    self.userType = userType
    self.status = status
    self.count = count
  }
}
