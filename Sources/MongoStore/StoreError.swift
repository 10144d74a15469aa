import Pipeline

/// What went wrong with MongoDB, in a sentence that names the cause and, where there is one, the remedy. Never
/// holds credentials.
public struct StoreError: ServerFault, Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure it is. May grow.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable name for logs.
    public let rawValue: String

    /// Names a code.
    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// The URI cannot be used.
    public static let invalidConfiguration = Code(rawValue: "invalid-configuration")
    /// No server answers, or none that takes writes.
    public static let unreachable = Code(rawValue: "unreachable")
    /// The server does not accept the certificate, or its own does not fit.
    public static let tls = Code(rawValue: "tls")
    /// The server refuses the credentials.
    public static let authentication = Code(rawValue: "authentication")
    /// The user lacks a right.
    public static let unauthorized = Code(rawValue: "unauthorized")
    /// A connection broke, or an answer did not come in time.
    public static let connectionLost = Code(rawValue: "connection-lost")
    /// The server cannot do it now: an election, a shutdown, a lack of space.
    public static let serverBusy = Code(rawValue: "server-busy")
    /// The write is not known to be safe on as many servers as the write concern asks for.
    public static let writeConcern = Code(rawValue: "write-concern")
    /// An index of `updates` exists with other options.
    public static let indexConflict = Code(rawValue: "index-conflict")
    /// The server refuses what was sent for its content.
    public static let refused = Code(rawValue: "refused")
    /// Any other answer of the server.
    public static let server = Code(rawValue: "server")
    /// An answer that cannot be read.
    public static let malformedAnswer = Code(rawValue: "malformed-answer")
    /// The store was closed.
    public static let closed = Code(rawValue: "closed")
  }

  /// The kind of failure.
  public let code: Code
  /// One plain sentence.
  public let message: String
  /// Whether the same call can succeed later without anybody changing the configuration.
  public let isRetryable: Bool
  /// MongoDB's own error code, where the server gave one.
  public let serverCode: Int?

  /// Takes a failure.
  public init(_ code: Code, _ message: String, isRetryable: Bool = false, serverCode: Int? = nil) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
    self.serverCode = serverCode
  }

  /// The sentence.
  public var description: String { message }

  static let closed = StoreError(.closed, "The MongoDB store is closed.")
}
