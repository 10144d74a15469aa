import BSON

/// How often a pair of user type and status occurs in a message's history (spec section 3.1).
package struct StatusCount: Sendable, Equatable {
  /// `nil` for records that have none.
  package let userType: String?
  /// `nil` for records that have none.
  package let status: String?
  /// The number of records, not of users.
  package let count: Int

  package init(userType: String?, status: String?, count: Int) {
    self.userType = userType
    self.status = status
    self.count = count
  }
}
