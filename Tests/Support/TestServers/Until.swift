/// Waits until a condition holds that nobody announces: what a server or another process has come to.
///
/// - Throws: ``TestServerError`` with `what` when it does not come to hold in time.
package func until(
  _ what: String, within limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < end else { throw TestServerError("waited in vain until \(what)") }
    try await Task.sleep(for: .milliseconds(20))
  }
}
