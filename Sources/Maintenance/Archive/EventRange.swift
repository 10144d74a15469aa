import Pipeline
import BSON
package import Updates

/// Events by the time of their making.
package struct EventRange: Sendable, Equatable {
  /// Only of this tenant; `nil`: of all.
  package var tenantId: Identifier?
  /// The earliest `createdAt`, in milliseconds since 1970.
  package var since: Double
  /// The first `createdAt` that does not count, in milliseconds since 1970; `nil`: all count.
  package var until: Double?

  /// Takes a range.
  package init(tenantId: Identifier?, since: Double, until: Double?) {
    self.tenantId = tenantId
    self.since = since
    self.until = until
  }
}
