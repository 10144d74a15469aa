import Pipeline
import BSON
package import Updates

/// Events by tenant and by the time at which they were made.
package struct EventRange: Sendable, Equatable {
  /// `nil` means all tenants.
  package var tenantId: Identifier?
  /// The earliest `createdAt`, in milliseconds since 1970.
  package var since: Double
  /// The `createdAt` before which the range ends, in milliseconds since 1970; `nil` means that it has no end.
  package var until: Double?

  package init(tenantId: Identifier?, since: Double, until: Double?) {
    self.tenantId = tenantId
    self.since = since
    self.until = until
  }
}
