package import Updates

/// Updates as they are stored, each once. Used by one task.
package protocol UpdateFeed: Sendable {
  /// The least time between two looks at the store that found nothing new.
  var pause: Duration { get }

  /// Whether an index leads to the new updates.
  var isLed: Bool { get }

  /// The updates that have been stored since the last call, in the order in which they were made, at most
  /// about a thousand. ``FedUpdates/areAll`` tells whether there were more.
  func next() async throws -> FedUpdates
}

package struct FedUpdates: Sendable {
  package var updates: [StoredUpdate]
  /// Whether the store had no more at that moment.
  package var areAll: Bool

  package init(_ updates: [StoredUpdate], areAll: Bool) {
    self.updates = updates
    self.areAll = areAll
  }
}

/// A store whose new updates can be followed.
package protocol FollowedStore: Sendable {
  /// The updates that match and are stored after this call has returned. The query's limit, its cursor and
  /// `since` do not count.
  func feed(of query: UpdateQuery) async throws -> any UpdateFeed
}
