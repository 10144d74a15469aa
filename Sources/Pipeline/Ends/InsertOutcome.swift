/// What became of one update that was handed to ``UpdateStore/insert(_:)``.
package enum InsertOutcome: Sendable, Equatable {
  /// It is stored now, and was not before.
  case new
  /// It was stored before; the stored version stays as it is.
  case existing
  /// It cannot be stored because of what it contains, for the given reason.
  case refused(String)
  /// The store has decided that it is not due, and has not stored it. Only the stores of operators' jobs do
  /// so.
  case notDue
}
