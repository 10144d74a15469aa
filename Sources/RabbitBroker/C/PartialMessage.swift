import CRabbitMQ
import Foundation

/// A message of which not all frames have come yet.
struct PartialMessage {
  enum Kind {
    case none
    case delivery
    case returned(reason: String)
  }

  var kind = Kind.none
  var message = IncomingMessage(tag: 0, isRedelivered: false, exchange: "", routingKey: "")
  var missing: UInt64 = 0
}
