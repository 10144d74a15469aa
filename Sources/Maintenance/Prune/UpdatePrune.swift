import Pipeline
import BSON
import Synchronization
package import Updates

/// Deletes old published updates, a few users and a few updates at a time. After each deletion the database
/// may rest for as long as the deletion took.
package final class UpdatePrune: Sendable {
  /// Users whose updates are looked up together.
  private static let usersPerPage = 200
  /// Updates deleted with one call.
  private static let updatesPerSlice = 1000

  private let records: any UpdateRecords
  private let disposal: any UpdateDisposal
  private let isStopping = Mutex(false)

  package init(_ records: any UpdateRecords, _ disposal: any UpdateDisposal) {
    self.records = records
    self.disposal = disposal
  }

  /// Ends ``run(before:of:isDryRun:progress:)`` after the deletion that is under way.
  package func stop() { isStopping.withLock { $0 = true } }

  /// Deletes the published updates made before a time (milliseconds since 1970), or only counts them in a dry
  /// run. When `tenantId` is `nil`, those of all tenants. Calls `progress` each time with the number of
  /// updates since the last call.
  package func run(
    before createdAt: Double, of tenantId: Identifier?, isDryRun: Bool, progress: (Int) -> Void
  ) async throws {
    var last: EntityKey?
    while !isStopping.withLock({ $0 }) {
      let users = try await records.recipients(after: last, of: tenantId, limit: Self.usersPerPage)
      guard let end = users.last else { return }
      last = end
      for (tenant, keys) in Dictionary(grouping: users, by: \.tenantId) {
        let users = keys.map(\.id)
        if isDryRun {
          progress(try await disposal.countPublished(for: users, of: tenant, before: createdAt))
        } else {
          try await delete(for: users, of: tenant, before: createdAt, progress)
        }
      }
    }
  }

  private func delete(
    for users: [Identifier], of tenantId: Identifier, before createdAt: Double, _ progress: (Int) -> Void
  ) async throws {
    while !isStopping.withLock({ $0 }) {
      let ids = try await disposal.published(
        for: users, of: tenantId, before: createdAt, limit: Self.updatesPerSlice)
      if ids.isEmpty { return }
      let started = ContinuousClock.now
      progress(try await disposal.delete(ids))
      try await Task.sleep(for: ContinuousClock.now - started)
    }
  }
}
