import Pipeline

/// What went wrong between the worker and RabbitMQ: a sentence that a user understands, never with credentials.
package struct BrokerError: ServerFault, Sendable, Equatable, CustomStringConvertible {
  /// The kind of fault. May grow.
  package struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The code as a word.
    package let rawValue: String

    /// Names a code.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The code as a word.
    package var description: String { rawValue }

    /// The URL or a setting makes no sense.
    package static let invalidConfiguration = Code(rawValue: "invalid-configuration")
    /// No server answers there.
    package static let unreachable = Code(rawValue: "unreachable")
    /// The connection is gone, or was never made.
    package static let connectionLost = Code(rawValue: "connection-lost")
    /// An operator or the server closed the connection.
    package static let connectionForced = Code(rawValue: "connection-forced")
    /// The server did not answer in time.
    package static let timeout = Code(rawValue: "timeout")
    /// Wrong user name or password.
    package static let wrongCredentials = Code(rawValue: "wrong-credentials")
    /// The virtual host does not exist, or the user may not use it.
    package static let unknownVirtualHost = Code(rawValue: "unknown-virtual-host")
    /// The user may not do this.
    package static let accessRefused = Code(rawValue: "access-refused")
    /// An exchange or a queue exists with other properties.
    package static let otherDeclaration = Code(rawValue: "other-declaration")
    /// An exchange or a queue is not there.
    package static let notFound = Code(rawValue: "not-found")
    /// Another consumer holds the queue.
    package static let inUse = Code(rawValue: "in-use")
    /// The server ended the consumer, because its queue is gone.
    package static let consumerCancelled = Code(rawValue: "consumer-cancelled")
    /// The server refused messages again and again.
    package static let refusedMessages = Code(rawValue: "refused-messages")
    /// A message is larger than the server takes.
    package static let messageTooLarge = Code(rawValue: "message-too-large")
    /// The server's certificate is for another name.
    package static let certificateName = Code(rawValue: "certificate-name")
    /// The server's certificate is not signed by a trusted authority.
    package static let untrustedCertificate = Code(rawValue: "untrusted-certificate")
    /// A certificate or key file cannot be used.
    package static let certificateFile = Code(rawValue: "certificate-file")
    /// The TLS handshake failed.
    package static let tlsHandshake = Code(rawValue: "tls-handshake")
    /// The server said something that does not belong there.
    package static let protocolViolation = Code(rawValue: "protocol-violation")
  }

  /// The kind of fault.
  package let code: Code
  /// One plain sentence with the cause and, where there is one, the remedy.
  package let message: String
  /// Whether waiting and connecting again can help; false for what only a change of configuration mends.
  package let isRetryable: Bool
  /// AMQP's reply code, where the server gave one.
  package let replyCode: UInt16?

  /// Describes a fault.
  package init(_ code: Code, _ message: String, isRetryable: Bool, replyCode: UInt16? = nil) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
    self.replyCode = replyCode
  }

  /// The message.
  package var description: String { message }

  /// Nothing is connected (any more).
  static let notConnected = BrokerError(
    .connectionLost, "There is no connection to RabbitMQ.", isRetryable: true)

  /// Closed by its owner.
  static let closed = BrokerError(
    .connectionLost, "The connection to RabbitMQ has been closed.", isRetryable: true)
}
