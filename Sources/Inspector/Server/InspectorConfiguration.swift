import Pipeline

/// What the inspector is started with.
package struct InspectorConfiguration: Sendable {
  package var rules: SafetyRules
  package var mask = PageMask.none
  /// Whether dead letters may be sent back and removed.
  package var allowsActions = false
  /// What pages call the store; without credentials.
  package var storeName: String
  /// What is put after `--store` in commands that are shown; without credentials.
  package var storeArgument: String
  /// Whether somebody else stores updates and publishes them at the same time, as a worker does with MongoDB.
  package var isLive = false
  /// Why the store is not there any more, in a sentence; `nil` while it is.
  package var absence: @Sendable () -> String? = { nil }
  /// An error of the store or of RabbitMQ as a sentence.
  package var sentence: @Sendable (any Error) -> String = { "\($0)" }
  /// Where an action on dead letters ends at the latest.
  package var letterBounds = LetterBounds()
  /// Hears who has done what, or has tried to.
  package var onAction: @Sendable (InspectorAction) -> Void = { _ in }
  /// How long one look-up may take, unless something else is said.
  package static let longestLookUp = Duration.seconds(2)
  /// How long one look-up may take.
  package var longestLookUp = Self.longestLookUp
  /// After so long a search that no index leads says how far it came.
  package var patience = Duration.milliseconds(100)
  /// The least time between two looks for what is new.
  package var livePause = Duration.milliseconds(500)
  /// The clock that `after:2h` counts from, in milliseconds since 1970.
  package var now: @Sendable () -> Double = { UpdateClock().now() }

  package init(rules: SafetyRules, storeName: String, storeArgument: String) {
    self.rules = rules
    self.storeName = storeName
    self.storeArgument = storeArgument
  }
}
