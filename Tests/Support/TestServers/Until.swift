/// Waits for a condition that nothing announces, such as the state of a server or of another process.
///
/// - Throws: ``TestServerError`` with `what` if the condition does not hold in time.
package func until(
  _ what: String, within limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < end else {
      throw TestServerError("this did not happen within \(limit): \(what)")
    }
    try await Task.sleep(for: .milliseconds(20))
  }
}
