package import Updates

/// The updates as they are published, by a queue of its own, so that nobody gets less for it. Used by one task.
package protocol UpdateTap: Sendable {
  /// Connects, or reconnects. What was published while there was no connection is lost for the tap.
  ///
  /// - Parameter keys: The binding keys of the topic exchange.
  func connect(to keys: Set<String>) async throws

  /// Takes what these keys match from now on. May be called while ``next(limit:)`` waits.
  func bind(to keys: Set<String>) async throws

  /// What was published since the last call, at most `limit` updates; waits while there is nothing.
  func next(limit: Int) async throws -> TappedUpdates

  /// Ends the connection. May be called more than once.
  func close() async
}

package struct TappedUpdates: Sendable {
  package var updates: [StoredUpdate]
  /// Messages that the tap has dropped, as far as it can know, because they were not taken in time, and those that are
  /// no updates.
  package var missed: Int

  package init(_ updates: [StoredUpdate], missed: Int) {
    self.updates = updates
    self.missed = missed
  }
}
