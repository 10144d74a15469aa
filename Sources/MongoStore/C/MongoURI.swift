import Support
import CMongoC
import Pipeline

/// A parsed connection string.
final class MongoURI {
  private let uri: OpaquePointer

  /// Parses `mongodb://` and `mongodb+srv://` without looking up any name.
  init(_ text: String) throws(MongoStoreError) {
    MongoLibrary.start()
    // libmongoc takes the first @ for the end of the credentials.
    guard !StrayCredentials.areIn(text), text.prefix(while: { $0 != "?" }).count(where: { $0 == "@" }) <= 1
    else {
      throw MongoStoreError(
        .invalidConfiguration,
        "MONGODB_URI has an @ in the wrong place; percent-encode special characters in the user name and "
          + "password."
      )
    }
    var error = bson_error_t()
    guard let uri = mongoc_uri_new_with_error(text, &error) else {
      throw MongoStoreError(
        .invalidConfiguration,
        "MONGODB_URI is not a MongoDB connection string: \(Self.withoutSecrets(error.text, of: text)).")
    }
    self.uri = uri
  }

  deinit {
    mongoc_uri_destroy(uri)
  }

  /// The database that the path names.
  var database: String? {
    mongoc_uri_get_database(uri).map { String(cString: $0) }
  }

  /// The hosts, or the name of the SRV record.
  var hosts: [String] {
    if let name = mongoc_uri_get_srv_hostname(uri) { return [String(cString: name)] }
    var hosts: [String] = []
    var next = mongoc_uri_get_hosts(uri)
    while let host = next {
      hosts.append(
        withUnsafeBytes(of: host.pointee.host_and_port) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
      next = UnsafePointer(host.pointee.next)
    }
    return hosts
  }

  /// Whether the URI asks for writes that are not acknowledged (`w=0`).
  var isUnacknowledged: Bool {
    !mongoc_write_concern_is_acknowledged(mongoc_uri_get_write_concern(uri))
  }

  /// The names and ports of the hosts; none for an SRV record, whose hosts only a name server knows. A socket in the
  /// file system has the port 0.
  var endpoints: [(host: String, port: Int)] {
    var endpoints: [(host: String, port: Int)] = []
    var next = mongoc_uri_get_hosts(uri)
    while let host = next {
      let name = withUnsafeBytes(of: host.pointee.host) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      endpoints.append((name, Int(host.pointee.port)))
      next = UnsafePointer(host.pointee.next)
    }
    return endpoints
  }

  var usesTLS: Bool { mongoc_uri_get_tls(uri) }

  /// The option `tlsCertificateKeyFile`.
  var keyFile: String? {
    mongoc_uri_get_option_as_utf8(uri, MONGOC_URI_TLSCERTIFICATEKEYFILE, nil).map { String(cString: $0) }
  }

  /// Whether the server's certificate must be trusted, match its name and be valid.
  var verifiesServer: Bool {
    let waivers: [String] = [
      MONGOC_URI_TLSINSECURE, MONGOC_URI_TLSALLOWINVALIDCERTIFICATES, MONGOC_URI_TLSALLOWINVALIDHOSTNAMES,
    ]
    return waivers.allSatisfy { !mongoc_uri_get_option_as_bool(uri, $0, false) }
  }

  /// The option `w`: a number of members or a name; `nil` when the URI leaves it out.
  var writeConcern: (members: Int?, name: String?)? {
    let concern = mongoc_uri_get_write_concern(uri)
    guard mongoc_uri_has_option(uri, MONGOC_URI_W) else { return nil }
    let members = mongoc_write_concern_get_w(concern)
    return (
      members >= 0 ? Int(members) : nil, mongoc_write_concern_get_wtag(concern).map { String(cString: $0) }
    )
  }

  /// Sets the options that the URI leaves out: finite timeouts in milliseconds, and write concern `majority`.
  func complete(
    serverSelection: Int32, connect: Int32, socket: Int32, heartbeat: Int32, write: Int64, name: String
  ) {
    let timeouts = [
      (MONGOC_URI_SERVERSELECTIONTIMEOUTMS, serverSelection), (MONGOC_URI_CONNECTTIMEOUTMS, connect),
      (MONGOC_URI_SOCKETTIMEOUTMS, socket), (MONGOC_URI_HEARTBEATFREQUENCYMS, heartbeat),
    ]
    for (option, milliseconds) in timeouts where !mongoc_uri_has_option(uri, option) {
      mongoc_uri_set_option_as_int32(uri, option, milliseconds)
    }
    if mongoc_uri_get_appname(uri) == nil { mongoc_uri_set_appname(uri, name) }
    let concern = mongoc_write_concern_copy(mongoc_uri_get_write_concern(uri))
    defer { mongoc_write_concern_destroy(concern) }
    let asksForTimeout = mongoc_uri_has_option(uri, MONGOC_URI_WTIMEOUTMS)
    let timeout = asksForTimeout ? mongoc_write_concern_get_wtimeout_int64(concern) : write
    if !mongoc_uri_has_option(uri, MONGOC_URI_W) {
      mongoc_write_concern_set_w(concern, MONGOC_WRITE_CONCERN_W_MAJORITY)
    }
    mongoc_write_concern_set_wtimeout_int64(concern, timeout)
    mongoc_uri_set_write_concern(uri, concern)
  }

  /// Replaces the time limits for finding a server and for an answer, in milliseconds.
  func limit(serverSelection: Int32, socket: Int32) {
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, serverSelection)
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, socket)
  }

  /// Makes a pool. For `mongodb+srv://` this asks the name servers.
  func makePool(size: Int, server: String) throws(MongoStoreError) -> MongoPool {
    var error = bson_error_t()
    guard let pool = mongoc_client_pool_new_with_error(uri, &error) else {
      // The URI has been parsed, so only a name look-up or libmongoc's own set-up can fail here.
      throw MongoStoreError(
        .unreachable, "MongoDB at \(server) cannot be reached: \(error.text).", isRetryable: true)
    }
    mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2)
    mongoc_client_pool_max_size(pool, UInt32(clamping: size))
    return MongoPool(owning: pool, server: server)
  }

  /// The message, unless it quotes any of the user name, the password, or an option that may hold a password.
  private static func withoutSecrets(_ message: String, of uri: String) -> String {
    let start = uri.firstRange(of: "://")?.upperBound ?? uri.startIndex
    let credentials = uri.lastIndex(of: "@").map { uri[start..<max(start, $0)] } ?? ""
    let options = uri.firstIndex(of: "?").map { uri[$0...].dropFirst().split(separator: "&") } ?? []
    let secretOptions = options.filter { option in
      ["password", "properties"].contains { option.lowercased().contains($0) }
    }
    let secrets = ([credentials] + secretOptions).flatMap { $0.split { ":/?#@,%&=".contains($0) } }
    return secrets.contains { message.contains($0) } ? "it cannot be parsed" : message
  }
}
