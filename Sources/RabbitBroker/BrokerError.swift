import Pipeline

/// Why RabbitMQ cannot be used as requested, in a sentence that names the server or the setting and, if there
/// is one, the remedy. It never contains credentials.
package struct BrokerError: ServerFault, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure. More codes may be added.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable name for logs.
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// The URL or a setting cannot be used.
    package static let invalidConfiguration = Code(rawValue: "invalid-configuration")
    /// No server answers at the address.
    package static let unreachable = Code(rawValue: "unreachable")
    /// The connection was lost, or was never made.
    package static let connectionLost = Code(rawValue: "connection-lost")
    /// An operator or the server closed the connection.
    package static let connectionForced = Code(rawValue: "connection-forced")
    /// The server did not answer in time.
    package static let timeout = Code(rawValue: "timeout")
    /// The server refuses the user name or the password.
    package static let wrongCredentials = Code(rawValue: "wrong-credentials")
    /// The virtual host does not exist, or the user may not use it.
    package static let unknownVirtualHost = Code(rawValue: "unknown-virtual-host")
    /// The user lacks a right.
    package static let accessRefused = Code(rawValue: "access-refused")
    /// An exchange or a queue exists with other properties.
    package static let otherDeclaration = Code(rawValue: "other-declaration")
    /// The queue exists as a quorum queue, which is not what it is to be.
    package static let isQuorumQueue = Code(rawValue: "is-quorum-queue")
    /// The queue exists as a classic queue, which is not what it is to be.
    package static let isClassicQueue = Code(rawValue: "is-classic-queue")
    /// An exchange or a queue does not exist.
    package static let notFound = Code(rawValue: "not-found")
    /// Another connection holds the queue.
    package static let inUse = Code(rawValue: "in-use")
    /// The server ended the consumer, because its queue is gone.
    package static let consumerCancelled = Code(rawValue: "consumer-cancelled")
    /// The server refused messages at every attempt.
    package static let refusedMessages = Code(rawValue: "refused-messages")
    /// A message is larger than the server accepts.
    package static let messageTooLarge = Code(rawValue: "message-too-large")
    /// The server's certificate is for another name.
    package static let certificateName = Code(rawValue: "certificate-name")
    /// The server's certificate is not signed by a trusted authority.
    package static let untrustedCertificate = Code(rawValue: "untrusted-certificate")
    /// A certificate or key file cannot be used.
    package static let certificateFile = Code(rawValue: "certificate-file")
    /// The TLS handshake failed.
    package static let tlsHandshake = Code(rawValue: "tls-handshake")
    /// The server sent something that the protocol does not allow there.
    package static let protocolViolation = Code(rawValue: "protocol-violation")
  }

  package let code: Code
  /// One plain sentence.
  package let message: String
  /// Whether connecting again later can help without a change of the configuration.
  package let isRetryable: Bool
  /// AMQP's reply code, if the server gave one.
  package let replyCode: UInt16?

  package init(_ code: Code, _ message: String, isRetryable: Bool, replyCode: UInt16? = nil) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
    self.replyCode = replyCode
  }

  package var isOfStore: Bool { false }

  package var description: String { message }

  /// Why an installation cannot be used, after each of these hosts has been tried.
  init(_ faults: [(host: BrokerAddress, error: BrokerError)], of url: BrokerURL) {
    // In the order of the URL, so that the same trouble is told in the same words every time.
    let inOrder = url.addresses.compactMap { address in faults.first { $0.host == address }?.error }
    let decisive = inOrder.first(where: \.concernsEveryHost) ?? inOrder.first { !$0.isRetryable }
    guard let first = inOrder.first, inOrder.count > 1, decisive?.concernsEveryHost != true else {
      self = decisive ?? inOrder.first ?? .notConnected
      return
    }
    self.init(
      first.code,
      "None of the \(inOrder.count) hosts in RABBITMQ_URL can be used. "
        + inOrder.map(\.message).joined(separator: " "),
      isRetryable: inOrder.contains(where: \.isRetryable), replyCode: first.replyCode)
  }

  /// Whether it would be the same at every other host of the installation.
  var concernsEveryHost: Bool {
    !isRetryable && ![.certificateName, .untrustedCertificate, .protocolViolation].contains(code)
  }

  static let notConnected = BrokerError(
    .connectionLost, "There is no connection to RabbitMQ.", isRetryable: true)

  /// The owner of the connection has closed it.
  static let closed = BrokerError(
    .connectionLost, "The connection to RabbitMQ has been closed.", isRetryable: true)
}
