import BSON
import CMongoC

extension MongoStoreError {
  /// Converts an error of libmongoc; `server` names it without credentials.
  init(_ error: bson_error_t, reply: BSONDocument?, server: String) {
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
      self = Self.answered(code, text, labels: reply?["errorLabels"]?.array, server: server)
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

  private static func authentication(_ text: String, server: String) -> MongoStoreError {
    MongoStoreError(
      .authentication,
      "MongoDB at \(server) refuses the credentials; check the user name, the password and authSource in "
        + "MONGODB_URI: \(text).",
      serverCode: 18)
  }

  /// Converts an error code and text that the server itself reported.
  static func answered(_ code: Int, _ text: String, labels: BSONDocument?, server: String) -> MongoStoreError
  {
    let mayRetry = labels?.contains { $0.string == "RetryableWriteError" } ?? false
    switch code {
    case 18: return authentication(text, server: server)
    case 13:
      return MongoStoreError(
        .unauthorized,
        "MongoDB at \(server) does not permit the user of MONGODB_URI to do this; grant the role readWrite: "
          + "\(text).",
        serverCode: code)
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
    default:
      return MongoStoreError(.server, "MongoDB at \(server) failed: \(text).", serverCode: code)
    }
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
