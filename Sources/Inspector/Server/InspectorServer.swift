import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
package import Operations
import Synchronization

/// Serves an inspector at an address.
package final class InspectorServer: Sendable {
  /// Live streams at the same time.
  private static let mostStreams = 24

  private let endpoint: Endpoint
  private let current: CurrentInspector

  /// Where it listens.
  package var address: EndpointAddress { endpoint.address }

  private init(_ endpoint: Endpoint, _ current: CurrentInspector) {
    self.endpoint = endpoint
    self.current = current
  }

  /// Listens at an address.
  ///
  /// - Parameters:
  ///   - make: Makes the inspector, when the port is known.
  ///   - onFault: Hears why it has stopped listening for a moment although nobody has closed it.
  /// - Throws: ``EndpointError`` when it cannot have the address.
  package static func start(
    at address: EndpointAddress, onFault: @escaping @Sendable (String) -> Void,
    _ make: (EndpointAddress) throws -> Inspector
  ) async throws -> InspectorServer {
    var limits = ConnectionLimits()
    limits.connections = 128
    limits.bytes = 512 << 10
    limits.longest = .seconds(30)
    let current = CurrentInspector()
    let streams = Mutex(0)
    let endpoint = try await Endpoint.start(
      at: address, namedBy: "--listen", limits: limits, onFault: onFault
    ) { request, writer, channel in
      guard let inspector = current.inspector else { return }
      let isHead = request.method == .head
      let asked = try await InspectorRequest(request, channel)
      let answer = await inspector.answer(asked)
      guard case .live(let tail) = answer.body else { return try await writer.write(answer, isHead: isHead) }
      let isAdmitted = streams.withLock { count in
        count += 1
        return count <= mostStreams
      }
      defer { streams.withLock { $0 -= 1 } }
      guard isAdmitted else {
        let refusal = InspectorError(
          .unavailable, "Too many live pages are open already; close one of them, and try again.")
        return try await writer.write(.json(refusal.document, status: 503), isHead: isHead)
      }
      try await writer.write(answer, tail, until: { current.isClosing }, isHead: isHead)
    }
    do {
      current.inspector = try make(endpoint.address)
    } catch {
      await endpoint.close()
      throw error
    }
    return InspectorServer(endpoint, current)
  }

  /// Stops listening and ends all connections.
  package func close() async {
    current.close()
    await endpoint.close()
    await current.inspector?.close()
  }
}

/// The inspector, which is made when the port is known, and whether it is ending.
private final class CurrentInspector: Sendable {
  private struct State {
    var inspector: Inspector?
    var isClosing = false
  }

  private let state = Mutex(State())

  var inspector: Inspector? {
    get { state.withLock { $0.inspector } }
    set { state.withLock { $0.inspector = newValue } }
  }

  var isClosing: Bool { state.withLock { $0.isClosing } }

  /// Live streams end when they look the next time.
  func close() { state.withLock { $0.isClosing = true } }
}

extension InspectorRequest {
  fileprivate init(_ request: Request, _ channel: any Channel) async throws {
    self.init(request.method.rawValue, request.head.path ?? "/")
    for field in request.headers { fields[field.name.canonicalName] = field.value }
    if let authority = request.head.authority { fields["host"] = authority }
    client = channel.remoteAddress?.ipAddress ?? ""
    localAddress = channel.localAddress?.ipAddress ?? ""
    guard request.method == .post else { return }
    var body = ByteBuffer()
    for try await part in request.body {
      // What is longer is refused; it is read to its end all the same, so that the answer is read.
      isFormTooLong = isFormTooLong || body.readableBytes + part.readableBytes > Self.longestForm
      if !isFormTooLong { body.writeImmutableBuffer(part) }
    }
    // Half a form would say something else than the whole one.
    if isFormTooLong { return }
    form = Parameters(encoded: String(buffer: body)[...])
  }
}

extension InspectorAnswer {
  fileprivate var head: HTTPResponse {
    var head = HTTPResponse(status: HTTPResponse.Status(code: status))
    for (name, value) in fields {
      // A value with a line break would be another field; no name of ours has one.
      guard let name = HTTPField.Name(name), HTTPField.isValidValue(value) else { continue }
      head.headerFields.append(HTTPField(name: name, value: value))
    }
    return head
  }
}

extension ResponseWriter {
  fileprivate consuming func write(_ answer: InspectorAnswer, isHead: Bool) async throws {
    guard case .bytes(let bytes) = answer.body else { return }
    var head = answer.head
    head.headerFields[.contentLength] = "\(bytes.count)"
    try await write(
      response: head, body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  fileprivate consuming func write(
    _ answer: InspectorAnswer, _ tail: LiveTail, until isOver: @escaping @Sendable () -> Bool, isHead: Bool
  ) async throws {
    let body =
      isHead
      ? ResponseBody()
      : ResponseBody { writer in
        var writer: any ResponseBodyWriter = writer
        try await tail.run(until: isOver) { try await writer.write(ByteBuffer(string: $0)) }
        try await writer.finish(nil)
      }
    try await write(response: answer.head, body: body)
  }
}
