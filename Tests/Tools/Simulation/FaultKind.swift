/// What can go wrong in a simulation. The table of results counts each kind.
package enum FaultKind: String, CaseIterable, Sendable {
  case lookUpSlow = "look-up: slow"
  case lookUpFails = "look-up: fails"
  case lookUpHangs = "look-up: hangs until its time limit"
  case insertFails = "insert: fails"
  case insertAnswerLost = "insert: done, answer lost"
  case insertPartly = "insert: done in part, then interrupted"
  case insertLate = "insert: fails, done later"
  case insertHangs = "insert: hangs until its time limit, done or not"
  case insertUnsafe = "insert: done, write concern error"
  case markFails = "mark: fails"
  case markAnswerLost = "mark: done, answer lost"
  case markPartly = "mark: done in part, then interrupted"
  case markLate = "mark: fails, done later"
  case markHangs = "mark: hangs until its time limit, done or not"
  case markUnsafe = "mark: done, write concern error"
  case stepDown = "database: step-down"
  case databaseDown = "database: down for a while"
  case connectionRefused = "broker: connection refused"
  case sourceLost = "broker: connection of the source lost"
  case sourceLostUnnoticed = "broker: connection of the source lost, noticed late"
  case acknowledgementLost = "broker: connection lost with an acknowledgement"
  case publisherLost = "broker: connection lost while publishing"
  case confirmsLost = "broker: connection lost with the confirms"
  case confirmsRefused = "broker: messages refused"
  case confirmsLate = "broker: confirms late"
  case confirmsScattered = "broker: confirms one by one, out of order"
  case blocked = "broker: takes no messages for a while"
  case brokerDown = "broker: restart"
  case buryingFails = "dead letter: not taken"
  case buriedUnconfirmed = "dead letter: taken, confirm lost"
  case killed = "worker: killed"
  case stopped = "worker: SIGTERM"
  case stateChanged = "state changed"
  case eventRepeated = "event sent twice"

  /// The operation that the fault strikes; `nil` for what may strike at any moment, or comes with the traffic.
  var operation: Operation? {
    switch self {
    case .lookUpSlow, .lookUpFails, .lookUpHangs: .lookUp
    case .insertFails, .insertAnswerLost, .insertPartly, .insertLate, .insertHangs, .insertUnsafe: .insert
    case .markFails, .markAnswerLost, .markPartly, .markLate, .markHangs, .markUnsafe: .mark
    case .connectionRefused: .connect
    case .acknowledgementLost: .acknowledge
    case .publisherLost, .confirmsLost, .confirmsRefused, .confirmsLate, .confirmsScattered: .publish
    case .buryingFails, .buriedUnconfirmed: .bury
    case .stepDown, .databaseDown, .sourceLost, .sourceLostUnnoticed, .blocked, .brokerDown, .killed,
      .stopped,
      .stateChanged, .eventRepeated:
      nil
    }
  }
}

/// What the worker asks of its ends.
enum Operation: Int, CaseIterable {
  case lookUp, insert, mark, read, publish, acknowledge, bury, connect
}
