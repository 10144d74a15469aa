package import BSON
import Foundation
import Synchronization
import TestServers

/// A proxy in front of a server of MongoDB's protocol that records every command. It shows what a user of the
/// database must be allowed to do, and which filters reach the server.
package final class MongoRecorder: Sendable {
  /// A command as it was sent (OP_MSG).
  package struct Command: Sendable {
    /// `find`, `insert`, …
    package let name: String
    /// `nil` for a command on a database or on the server.
    package let collection: String?
    /// The document of the command.
    package let body: BSONDocument
    /// The document sequences, such as the `documents` of an insert or the `updates` of an update.
    package let sequences: [(name: String, documents: [BSONDocument])]

    /// The action of MongoDB's privileges that the command needs; `nil` if it needs none.
    package var action: String? {
      switch name {
      case "find", "getMore": "find"
      case "insert", "update": name
      case "delete": "remove"
      case "createIndexes": "createIndex"
      case "hello", "isMaster", "ismaster", "ping", "endSessions", "killCursors", "buildInfo": nil
      default: name
      }
    }
  }

  private struct State {
    var commands: [Command] = []
    var faults: [String] = []
    var sockets: [Int32] = []
    var isClosed = false
  }

  private static let opMessage: UInt32 = 2013
  /// The opcode of a client's first hello, which is the only other kind of message.
  private static let opQuery: UInt32 = 2004

  /// The right that a user of this proxy lacks.
  private let withheld: (action: String, collection: String)?
  private let target: sockaddr_in
  private let listener: Int32
  private let port: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - target: The port of the server on this machine.
  ///   - withheld: A right that the user lacks. Commands that need it are answered as MongoDB's access control
  ///     does, and do not reach the server.
  package init(before target: Int, withholding withheld: (action: String, collection: String)? = nil) throws {
    self.withheld = withheld
    self.target = Self.loopback(target)
    port = try LoopbackPort.free()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(port)
    let isListening = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isListening, listen(listener, 64) == 0 else {
      throw TestServerError("cannot listen at port \(port)")
    }
    Thread.detachNewThread { [listener, weak self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let self else { return }
        self.serve(client)
      }
    }
  }

  /// The URI of the same database through this proxy.
  package func uri(instead uri: String) -> String {
    guard let scheme = uri.firstRange(of: "://"), let slash = uri[scheme.upperBound...].firstIndex(of: "/")
    else {
      return uri
    }
    let credentials =
      uri[scheme.upperBound..<slash].lastIndex(of: "@").map { uri[scheme.upperBound...$0] } ?? ""
    return uri[..<scheme.upperBound] + credentials + "127.0.0.1:\(port)" + uri[slash...]
  }

  /// The port in a URI.
  package static func port(of uri: String) throws -> Int {
    guard let scheme = uri.firstRange(of: "://"),
      let port = uri[scheme.upperBound...].prefix(while: { $0 != "/" }).split(separator: ":").last.flatMap({
        Int($0)
      })
    else { throw TestServerError("the URI of the test's server has no port") }
    return port
  }

  /// All commands so far, in the order in which they came.
  ///
  /// - Throws: ``TestServerError`` if a message could not be read, so that no command is missed.
  package func commands() throws -> [Command] {
    try state.withLock { state in
      if let fault = state.faults.first { throw TestServerError("a message that cannot be read: \(fault)") }
      return state.commands
    }
  }

  /// Ends all connections.
  package func close() {
    let sockets = state.withLock { state in
      state.isClosed = true
      return state.sockets
    }
    shutdown(listener, Int32(SHUT_RDWR))
    for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  deinit {
    close()
    Foundation.close(listener)
    for socket in state.withLock({ $0.sockets }) { Foundation.close(socket) }
  }

  private func serve(_ client: Int32) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = target
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    // The descriptors stay in use until the end, so that no thread can use the socket of another.
    let isClosed = state.withLock { state in
      state.sockets += [client, server]
      return state.isClosed
    }
    guard isConnected, !isClosed else {
      shutdown(client, Int32(SHUT_RDWR))
      return
    }
    Thread.detachNewThread { [weak self] in
      while let message = Self.message(from: client) {
        if let self, let command = self.note(message), let withheld = self.withheld,
          command.action == withheld.action, command.collection == withheld.collection
        {
          guard Self.send(Self.refusal(of: command, in: message), to: client) else { break }
          continue
        }
        guard Self.send(message, to: server) else { break }
      }
      shutdown(server, Int32(SHUT_RDWR))
    }
    Thread.detachNewThread {
      while let message = Self.message(from: server), Self.send(message, to: client) {}
      shutdown(client, Int32(SHUT_RDWR))
    }
  }

  private func note(_ message: [UInt8]) -> Command? {
    let kind = Self.number(message, at: 12)
    if kind == Self.opQuery { return nil }
    do {
      guard kind == Self.opMessage else { throw TestServerError("opcode \(kind)") }
      let command = try Self.command(in: message)
      state.withLock { $0.commands.append(command) }
      return command
    } catch {
      state.withLock { $0.faults.append("\(error)") }
      return nil
    }
  }

  /// MongoDB's answer to a command whose right is missing, which quotes the whole command.
  private static func refusal(of command: Command, in message: [UInt8]) -> [UInt8] {
    var answer = BSONWriter()
    answer.append("ok", 0.0)
    answer.append(
      "errmsg",
      "not authorized on \(command.body["$db"]?.string ?? "") to execute command "
        + String(decoding: JSONWriter.text(command.body), as: UTF8.self))
    answer.append("code", Int64(13))
    answer.append("codeName", "Unauthorized")
    let body = answer.finish().bytes
    // Length, request, the request that is answered, opcode, flags, the kind of the section.
    let header = [UInt32(21 + body.count), 0, number(message, at: 4), opMessage, 0]
    return header.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) } }
      + [0]
      + body
  }

  /// Reads the sections of an OP_MSG. The client that is tested sends no checksum.
  private static func command(in message: [UInt8]) throws -> Command {
    guard message.count > 21, number(message, at: 16) & 1 == 0 else { throw TestServerError("flags") }
    var body: BSONDocument?
    var sequences: [(name: String, documents: [BSONDocument])] = []
    var position = 20
    while position < message.count {
      let kind = message[position]
      position += 1
      guard position + 4 <= message.count else { throw TestServerError("a section that is cut off") }
      let end = position + Int(number(message, at: position))
      guard end <= message.count else { throw TestServerError("a section of another length") }
      if kind == 0 {
        body = try BSONDocument(validating: Array(message[position..<end]))
      } else {
        guard let terminator = message[(position + 4)..<end].firstIndex(of: 0) else {
          throw TestServerError("a section without a name")
        }
        let name = String(decoding: message[(position + 4)..<terminator], as: UTF8.self)
        var documents: [BSONDocument] = []
        var start = terminator + 1
        while start + 4 <= end {
          let next = start + Int(number(message, at: start))
          guard next <= end, next > start else { throw TestServerError("a document of another length") }
          documents.append(try BSONDocument(validating: Array(message[start..<next])))
          start = next
        }
        sequences.append((name, documents))
      }
      position = end
    }
    guard let body, let first = body.first(where: { _ in true }) else { throw TestServerError("no command") }
    let collection = first.key == "getMore" ? body["collection"]?.string : first.string
    return Command(name: first.key, collection: collection, body: body, sequences: sequences)
  }

  private static func message(from socket: Int32) -> [UInt8]? {
    guard var message = bytes(4, from: socket) else { return nil }
    let count = Int(number(message, at: 0))
    guard count >= 16, count <= 64 << 20, let rest = bytes(count - 4, from: socket) else { return nil }
    message += rest
    return message
  }

  private static func bytes(_ count: Int, from socket: Int32) -> [UInt8]? {
    var received = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while received < count, let base = buffer.baseAddress {
        let part = recv(socket, base + received, count - received, 0)
        if part < 0, errno == EINTR { continue }
        if part <= 0 { break }
        received += part
      }
      initialized = received
    }
    return received == count ? bytes : nil
  }

  private static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count, let base = buffer.baseAddress {
        let part = Foundation.send(socket, base + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        if part < 0, errno == EINTR { continue }
        if part <= 0 { return false }
        sent += part
      }
      return true
    }
  }

  private static func number(_ bytes: [UInt8], at start: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    return address
  }
}
