/// Waits for a condition that nothing announces, such as the state of a server or of another process.
///
/// - Throws: ``TestServerError`` with `what` if the condition does not hold in time.
package func until(
  _ what: String, within limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while true {
    let start = ContinuousClock.now
    if try await condition() { return }
    let now = ContinuousClock.now
    guard now < end else { throw TestServerError("this did not happen within \(limit): \(what)") }
    // A question that costs the server much is asked less often, so that it has time for what is awaited.
    try await Task.sleep(for: max(.milliseconds(20), min((now - start) * 2, .milliseconds(250))))
  }
}
