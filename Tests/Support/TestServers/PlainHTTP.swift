import Foundation

/// A client of HTTP/1.1 on a plain socket, which can also be as slow or as rude as a test wants.
package final class PlainHTTP {
  /// An answer.
  package struct Answer: Sendable {
    package let status: Int
    /// By their names in lower case.
    package let fields: [String: String]
    package let body: String
  }

  private let socket: Int32
  private var received: [UInt8] = []
  private var part = [UInt8](repeating: 0, count: 65_536)

  /// Connects; blocks for at most some seconds. `host` is an IPv4 or an IPv6 address.
  ///
  /// - Parameter room: How many bytes the system keeps until they are taken; `nil`: as it likes.
  package init(host: String = "127.0.0.1", port: Int, room: Int32? = nil) throws {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let address = list?.pointee else {
      throw TestServerError("\(host) is no address")
    }
    defer { freeaddrinfo(list) }
    socket = Foundation.socket(address.ai_family, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw TestServerError("no socket is free") }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    if var room { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size)) }
    guard connect(socket, address.ai_addr, address.ai_addrlen) == 0 else {
      let reason = String(cString: strerror(errno))
      close(socket)
      throw TestServerError("\(host):\(port) cannot be reached: \(reason)")
    }
  }

  deinit { close(socket) }

  /// One request on a connection of its own.
  package static func get(
    _ path: String, host: String = "127.0.0.1", port: Int, method: String = "GET", accept: String? = nil
  ) throws -> Answer {
    let client = try PlainHTTP(host: host, port: port)
    return try client.request(path, method: method, accept: accept, isLast: true)
  }

  /// One request, whose answer is awaited.
  package func request(
    _ path: String, method: String = "GET", accept: String? = nil, isLast: Bool = false
  ) throws -> Answer {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    if let accept { text += "Accept: \(accept)\r\n" }
    if isLast { text += "Connection: close\r\n" }
    try send(text + "\r\n")
    guard let answer = try answer(hasBody: method != "HEAD") else {
      throw TestServerError("the server has closed the connection instead of answering \(method) \(path)")
    }
    return answer
  }

  /// Sends anything.
  package func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else {
        throw TestServerError("the server takes no more: \(String(cString: strerror(errno)))")
      }
      sent += count
    }
  }

  /// Tells the server that nothing more will be sent.
  package func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// The next answer; `nil` if the server closes the connection instead.
  package func answer(hasBody: Bool = true) throws -> Answer? {
    let end = Array("\r\n\r\n".utf8)
    while received.firstRange(of: end) == nil { guard try receive() else { return nil } }
    guard let range = received.firstRange(of: end) else { return nil }
    let head = String(decoding: received[..<range.lowerBound], as: UTF8.self).split(separator: "\r\n")
    received.removeFirst(range.upperBound)
    var fields: [String: String] = [:]
    for line in head.dropFirst() {
      let halves = line.split(separator: ":", maxSplits: 1)
      guard halves.count == 2 else { continue }
      fields[halves[0].lowercased()] = halves[1].trimmingCharacters(in: .whitespaces)
    }
    guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw TestServerError("this is no answer of HTTP: \(head.first ?? "")")
    }
    let length = hasBody ? fields["content-length"].flatMap { Int($0) } ?? 0 : 0
    while received.count < length {
      guard try receive() else { throw TestServerError("the answer is cut off") }
    }
    defer { received.removeFirst(length) }
    return Answer(status: status, fields: fields, body: String(decoding: received[..<length], as: UTF8.self))
  }

  /// What has come of an answer that does not end, once this holds for it. Nobody else's thread waits for that.
  package func text(
    within limit: Duration = .seconds(60), when holds: (String) throws -> Bool
  ) async throws -> String {
    let end = ContinuousClock.now + limit
    while true {
      let text = String(decoding: received, as: UTF8.self)
      if try holds(text) { return text }
      guard ContinuousClock.now < end else {
        throw TestServerError("this is all that came within \(limit): \(text.suffix(1000))")
      }
      var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      if poll(&descriptor, 1, 0) == 0 {
        try await Task.sleep(for: .milliseconds(20))
      } else if try !receive() {
        throw TestServerError("the server has ended the answer: \(text.suffix(1000))")
      }
    }
  }

  /// Waits until the server closes the connection; returns how many bytes have come before that.
  package func awaitEnd() throws -> Int {
    while try receive() {}
    return received.count
  }

  /// False at the end of the stream.
  private func receive() throws -> Bool {
    let count = recv(socket, &part, part.count, 0)
    if count < 0, errno == ECONNRESET { return false }
    guard count >= 0 else {
      throw TestServerError("nothing came in time: \(String(cString: strerror(errno)))")
    }
    received += part[..<count]
    return count > 0
  }
}
