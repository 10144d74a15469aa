/// What only a look-up tells; each is `nil` until it is known.
package struct BacklogFigures: Sendable {
  /// Events in the queue that no worker has in hand.
  package var queueMessages: Int?
  package var queueConsumers: Int?
  package var deadLetters: Int?
  /// Updates over a minute old that can be sent and were never confirmed.
  package var unpublished: Int?

  package init() {}
}
