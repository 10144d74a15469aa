/// What a recording has come to.
package struct RecordTally: Sendable, Equatable {
  /// Why an event cannot be a line of a timeline.
  package enum Obstacle: String, Sendable, CaseIterable {
    /// Its body is not a JSON object.
    case notJSON = "not a JSON object"
    /// A replay would take it for a change of the state.
    case stateLine = "like a state line"
    /// A replay skips lines of this length.
    case tooLong = "too long"
  }

  /// Events that the tap has handed out.
  package var received = 0
  /// Events that are in the recording, by type.
  package var events: [String: Int] = [:]
  /// Events that were not selected.
  package var passedOver = 0
  package var unrecordable: [Obstacle: Int] = [:]
  /// Events that were in hand when the recording was stopped while MongoDB was down.
  package var givenUp = 0
  /// Events that the tap's queue has dropped.
  package var dropped = DroppedEvents(count: 0, isLowerBound: false)
  /// How long each time was during which there was no connection to the events.
  package var gaps: [Duration] = []
  /// Records of the state that are in the recording, by collection.
  package var records: [String: Int] = [:]
  /// Deletions of such records.
  package var deletions = 0
  /// Records that no timeline can hold.
  package var unwritableRecords = 0

  package init() {}

  /// How many events are in the recording.
  package var recorded: Int { events.values.reduce(0, +) }
}
