import Pipeline

/// What went wrong between the worker and RabbitMQ: a sentence that a user understands, never with credentials.
public struct BrokerError: ServerFault, Sendable, Equatable, CustomStringConvertible {
  /// The kind of fault. May grow.
  public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The code as a word.
    public let rawValue: String

    /// Names a code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The code as a word.
    public var description: String { rawValue }

    /// The URL or a setting makes no sense.
    public static let invalidConfiguration = Code(rawValue: "invalidConfiguration")
    /// No server answers there.
    public static let unreachable = Code(rawValue: "unreachable")
    /// The connection is gone, or was never made.
    public static let connectionLost = Code(rawValue: "connectionLost")
    /// An operator or the server closed the connection.
    public static let connectionForced = Code(rawValue: "connectionForced")
    /// The server did not answer in time.
    public static let timeout = Code(rawValue: "timeout")
    /// Wrong user name or password.
    public static let wrongCredentials = Code(rawValue: "wrongCredentials")
    /// The virtual host does not exist, or the user may not use it.
    public static let unknownVirtualHost = Code(rawValue: "unknownVirtualHost")
    /// The user may not do this.
    public static let accessRefused = Code(rawValue: "accessRefused")
    /// An exchange or a queue exists with other properties.
    public static let otherDeclaration = Code(rawValue: "otherDeclaration")
    /// An exchange or a queue is not there.
    public static let notFound = Code(rawValue: "notFound")
    /// Another consumer holds the queue.
    public static let inUse = Code(rawValue: "inUse")
    /// The server ended the consumer, because its queue is gone.
    public static let consumerCancelled = Code(rawValue: "consumerCancelled")
    /// The server refused messages again and again.
    public static let refusedMessages = Code(rawValue: "refusedMessages")
    /// A message is larger than the server takes.
    public static let messageTooLarge = Code(rawValue: "messageTooLarge")
    /// The server's certificate is for another name.
    public static let certificateName = Code(rawValue: "certificateName")
    /// The server's certificate is not signed by a trusted authority.
    public static let untrustedCertificate = Code(rawValue: "untrustedCertificate")
    /// A certificate or key file cannot be used.
    public static let certificateFile = Code(rawValue: "certificateFile")
    /// The TLS handshake failed.
    public static let tlsHandshake = Code(rawValue: "tlsHandshake")
    /// The server said something that does not belong there.
    public static let protocolViolation = Code(rawValue: "protocolViolation")
  }

  /// The kind of fault.
  public let code: Code
  /// One plain sentence with the cause and, where there is one, the remedy.
  public let message: String
  /// Whether waiting and connecting again can help; false for what only a change of configuration mends.
  public let isRetryable: Bool
  /// AMQP's reply code, where the server gave one.
  public let replyCode: UInt16?

  /// Describes a fault.
  public init(_ code: Code, _ message: String, isRetryable: Bool, replyCode: UInt16? = nil) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
    self.replyCode = replyCode
  }

  /// The message.
  public var description: String { message }

  /// Nothing is connected (any more).
  static let notConnected = BrokerError(
    .connectionLost, "There is no connection to RabbitMQ.", isRetryable: true)

  /// Closed by its owner.
  static let closed = BrokerError(
    .connectionLost, "The connection to RabbitMQ has been closed.", isRetryable: true)
}
