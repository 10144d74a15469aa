package import Updates

/// Some of the updates that match a query, and how far the search for them came.
package struct UpdatePage: Sendable {
  /// Newest first.
  package var updates: [StoredUpdate]
  /// Where the next page begins; `nil` when no older update can match.
  package var next: UpdateCursor?
  package var searched: SearchedSpan

  package init(_ updates: [StoredUpdate], next: UpdateCursor?, searched: SearchedSpan) {
    self.updates = updates
    self.next = next
    self.searched = searched
  }
}

/// The span of `createdAt` that a search has looked through, from its newer end `to` back to `from`, in
/// milliseconds since 1970.
package struct SearchedSpan: Sendable, Equatable {
  /// `nil`: back to the oldest update, or nowhere at all if the search is incomplete.
  package var from: Double?
  /// `nil`: from the newest update on.
  package var to: Double?
  /// Whether the search found as many as were asked for or came to the end. If not, its time was up.
  package var isComplete: Bool
  /// Whether an index led the search. Without one, the store had to look at all of the updates.
  package var isLed: Bool

  package init(from: Double?, to: Double?, isComplete: Bool, isLed: Bool = true) {
    self.from = from
    self.to = to
    self.isComplete = isComplete
    self.isLed = isLed
  }
}
