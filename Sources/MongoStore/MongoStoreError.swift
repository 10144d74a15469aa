import Pipeline

/// What went wrong with MongoDB, in a sentence that names the cause and, where there is one, the remedy. Never
/// holds credentials.
package struct MongoStoreError: ServerFault, Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure it is. May grow.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable name for logs.
    package let rawValue: String

    /// Names a code.
    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// The URI cannot be used.
    package static let invalidConfiguration = Code(rawValue: "invalid-configuration")
    /// No server answers, or none that takes writes.
    package static let unreachable = Code(rawValue: "unreachable")
    /// The server does not accept the certificate, or its own does not fit.
    package static let tls = Code(rawValue: "tls")
    /// The server refuses the credentials.
    package static let authentication = Code(rawValue: "authentication")
    /// The user lacks a right.
    package static let unauthorized = Code(rawValue: "unauthorized")
    /// A connection broke, or an answer did not come in time.
    package static let connectionLost = Code(rawValue: "connection-lost")
    /// The server cannot do it now: an election, a shutdown, a lack of space.
    package static let serverBusy = Code(rawValue: "server-busy")
    /// The write is not known to be safe on as many servers as the write concern asks for.
    package static let writeConcern = Code(rawValue: "write-concern")
    /// An index of `updates` exists with other options.
    package static let indexConflict = Code(rawValue: "index-conflict")
    /// The server refuses what was sent for its content.
    package static let refused = Code(rawValue: "refused")
    /// Any other answer of the server.
    package static let server = Code(rawValue: "server")
    /// An answer that cannot be read.
    package static let malformedAnswer = Code(rawValue: "malformed-answer")
    /// The store was closed.
    package static let closed = Code(rawValue: "closed")
  }

  /// The kind of failure.
  package let code: Code
  /// One plain sentence.
  package let message: String
  /// Whether the same call can succeed later without anybody changing the configuration.
  package let isRetryable: Bool
  /// MongoDB's own error code, where the server gave one.
  package let serverCode: Int?

  /// Takes a failure.
  package init(_ code: Code, _ message: String, isRetryable: Bool = false, serverCode: Int? = nil) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
    self.serverCode = serverCode
  }

  /// The sentence.
  package var description: String { message }

  static let closed = MongoStoreError(.closed, "The MongoDB store is closed.")
}
