import CRabbitMQ

/// The library that this room rests on.
package enum RabbitLibrary {
  /// The version that is loaded.
  package static var version: String { String(cString: amqp_version()) }
}
