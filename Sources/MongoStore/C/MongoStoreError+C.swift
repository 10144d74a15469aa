import BSON
import CMongoC
import Pipeline

extension MongoStoreError {
  /// Converts an error of libmongoc; `server` names it without credentials, `privilege` says what the call needed.
  init(_ error: bson_error_t, reply: BSONDocument?, server: String, privilege: Privilege? = nil) {
    let text = error.text
    let code = Int(error.code)
    switch mongoc_error_domain_t(rawValue: error.domain) {
    case MONGOC_ERROR_SERVER_SELECTION:
      self = Self.unselected(text, server: server, isWireVersion: text.contains("wire version"))
    case MONGOC_ERROR_STREAM:
      self = Self.stream(text, server: server)
    case MONGOC_ERROR_SASL, MONGOC_ERROR_SCRAM:
      self = Self.authentication(text, server: server)
    case MONGOC_ERROR_CLIENT where error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue:
      self = Self.authentication(text, server: server)
    case MONGOC_ERROR_PROTOCOL:
      self.init(
        .malformedAnswer, "MongoDB at \(server) sent an answer that libmongoc cannot read: \(text).",
        isRetryable: true)
    case MONGOC_ERROR_BSON:
      self.init(.refused, "A document cannot be sent to MongoDB at \(server): \(text).")
    case MONGOC_ERROR_SERVER, MONGOC_ERROR_WRITE_CONCERN, MONGOC_ERROR_QUERY, MONGOC_ERROR_COMMAND:
      self = Self.answered(
        code, text, labels: reply?["errorLabels"]?.array, server: server, privilege: privilege)
    case MONGOC_ERROR_CLIENT
    where error.code == MONGOC_ERROR_CLIENT_NO_ACCEPTABLE_PEER.rawValue
      || error.code == MONGOC_ERROR_CLIENT_SESSION_FAILURE.rawValue:
      // No server that could start a session, as in an election.
      self = Self.unselected(text, server: server, isWireVersion: false)
    default:
      self.init(.server, "MongoDB at \(server) failed: \(text).")
    }
  }

  private static func unselected(_ text: String, server: String, isWireVersion: Bool) -> MongoStoreError {
    if isWireVersion {
      return MongoStoreError(
        .unreachable, "MongoDB at \(server) has a version that libmongoc does not support: \(text).")
    }
    if text.contains("TLS") { return stream(text, server: server) }
    return MongoStoreError(
      .unreachable,
      "MongoDB at \(server) cannot be reached; check that it is running and that MONGODB_URI names it: "
        + "\(text).",
      isRetryable: true)
  }

  private static func stream(_ text: String, server: String) -> MongoStoreError {
    guard text.contains("TLS") else {
      return MongoStoreError(
        .connectionLost, "The connection to MongoDB at \(server) was lost: \(text).", isRetryable: true)
    }
    return MongoStoreError(
      .tls,
      "TLS with MongoDB at \(server) failed; check the name in its certificate, and tlsCAFile in "
        + "MONGODB_URI: \(text).",
      isRetryable: !text.contains("certificate") && !text.contains("initialize TLS"))
  }

  /// What libmongoc says when the server refuses the credentials. It reports every failure while it logs in as
  /// one of authentication, even that of a server that is going down, so that only the words tell them apart.
  private static let refusals = ["uthentication failed", "auth failed", "SCRAM", "mechanism", "UserNotFound"]

  private static func authentication(_ text: String, server: String) -> MongoStoreError {
    guard refusals.contains(where: text.contains) else {
      return MongoStoreError(
        .connectionLost, "MongoDB at \(server) failed while the worker logged in: \(text).", isRetryable: true
      )
    }
    return MongoStoreError(
      .authentication,
      "MongoDB at \(server) refuses the credentials; check the user name, the password and authSource in "
        + "MONGODB_URI: \(text).",
      serverCode: 18)
  }

  /// Converts an error code and text that the server itself reported.
  static func answered(
    _ code: Int, _ text: String, labels: BSONDocument?, server: String, privilege: Privilege? = nil
  ) -> MongoStoreError {
    let mayRetry = labels?.contains { $0.string == "RetryableWriteError" } ?? false
    switch code {
    case 18:
      return authentication("Authentication failed: \(text)", server: server)
    case 13:
      return unauthorized(text, server: server, privilege: privilege)
    case 85, 86:
      return MongoStoreError(
        .indexConflict,
        "MongoDB at \(server) has an index on updates with other options; drop the index and start again: "
          + "\(text).",
        serverCode: code)
    case 64, 79, 100:
      return MongoStoreError(
        .writeConcern,
        "MongoDB at \(server) could not confirm a write as the write concern requires: \(text).",
        isRetryable: code != 79, serverCode: code)
    case _ where mayRetry || ServerCode.isTransient(code):
      return MongoStoreError(
        .serverBusy, "MongoDB at \(server) cannot handle the request now: \(text).", isRetryable: true,
        serverCode: code)
    case _ where ServerCode.isRefusalOfContent(code):
      return MongoStoreError(
        .refused, "MongoDB at \(server) refuses the content of the request: \(text).", serverCode: code)
    case _ where ServerCode.isMistake(code):
      return MongoStoreError(
        .server, "MongoDB at \(server) refuses the request, whatever its content: \(text).", serverCode: code)
    default:
      return MongoStoreError(
        .server, "MongoDB at \(server) failed with code \(code): \(text).", isRetryable: true,
        serverCode: code)
    }
  }

  /// The server's own words quote the whole command, which may be long, so they are left out where the right is
  /// known.
  private static func unauthorized(_ text: String, server: String, privilege: Privilege?) -> MongoStoreError {
    let right = privilege.map { "the action \($0.action) on the collection \($0.collection)" }
    return MongoStoreError(
      .unauthorized,
      "MongoDB at \(server) does not permit the user of MONGODB_URI "
        + (right.map { "\($0); grant it (docs/security.md)." }
          ?? "to do this; grant the right that is missing (docs/security.md): \(text)."),
      serverCode: 13)
  }
}

extension bson_error_t {
  /// The message without a full stop at the end.
  var text: String {
    withUnsafeBytes(of: message) { bytes in
      var text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      while text.hasSuffix(".") { text.removeLast() }
      return text
    }
  }
}
