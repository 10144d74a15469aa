import Pipeline

/// Why MongoDB cannot be used as requested, in a sentence that names the server and, if there is one, the
/// remedy. It never contains credentials.
package struct MongoStoreError: ServerFault, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure. More codes may be added.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable name for logs.
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// The URI cannot be used.
    package static let invalidConfiguration = Code(rawValue: "invalid-configuration")
    /// No server answers, or no server that accepts writes.
    package static let unreachable = Code(rawValue: "unreachable")
    /// The client's certificate or the server's is not accepted.
    package static let tls = Code(rawValue: "tls")
    /// The server refuses the credentials.
    package static let authentication = Code(rawValue: "authentication")
    /// The user lacks a right.
    package static let unauthorized = Code(rawValue: "unauthorized")
    /// A connection was lost, or an answer did not come in time.
    package static let connectionLost = Code(rawValue: "connection-lost")
    /// The server cannot handle the request now: an election, a shutdown, a lack of space.
    package static let serverBusy = Code(rawValue: "server-busy")
    /// The write is not known to be safe on as many servers as the write concern requires.
    package static let writeConcern = Code(rawValue: "write-concern")
    /// An index of `updates` exists with other options.
    package static let indexConflict = Code(rawValue: "index-conflict")
    /// The server refuses the content of the request.
    package static let refused = Code(rawValue: "refused")
    /// Any other error that the server reports.
    package static let server = Code(rawValue: "server")
    /// An answer that cannot be read.
    package static let malformedAnswer = Code(rawValue: "malformed-answer")
    /// The store was closed.
    package static let closed = Code(rawValue: "closed")
  }

  package let code: Code
  /// One plain sentence.
  package let message: String
  /// Whether the same call can succeed later without a change of the configuration.
  package let isRetryable: Bool
  /// MongoDB's own error code, if the server gave one.
  package let serverCode: Int?

  package init(_ code: Code, _ message: String, isRetryable: Bool = false, serverCode: Int? = nil) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
    self.serverCode = serverCode
  }

  package var isOfStore: Bool { true }

  /// Whether the server has given up because it had worked on the request for as long as it may.
  var isOutOfTime: Bool { serverCode == 50 }

  package var description: String { message }

  static let closed = MongoStoreError(.closed, "The MongoDB store is closed.")
}
