import CRabbitMQ
import Foundation

/// A message of which not all frames have arrived yet.
struct PartialMessage {
  enum Kind {
    case none
    case delivery
    case returned(reason: String)
  }

  var kind = Kind.none
  var message = IncomingMessage(tag: 0, isRedelivered: false, exchange: "", routingKey: "")
  /// How many bytes of the body have not arrived yet.
  var missing: UInt64 = 0
}
