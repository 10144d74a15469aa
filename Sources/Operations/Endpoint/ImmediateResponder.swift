import NIOCore
import NIOHTTP1

/// Answers the requests of a connection on its own thread, one after another and each at once. An answer made from memory
/// takes less time than a task to make it in.
///
/// An answer waits while the client has not taken the ones before it, and as long as one waits, nothing more is read. So the
/// ``ConnectionGuard`` bounds what waits, by the bytes that it lets through between two answers, and for how long.
final class ImmediateResponder: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Question {
    case request(HTTPRequestHead)
    /// What is no HTTP.
    case malformed
  }

  private let answer: @Sendable (HTTPRequestHead) -> EndpointAnswer
  private var head: HTTPRequestHead?
  /// What has no answer yet.
  private var waiting: [Question] = []
  private var isReadHeld = false
  /// Nothing gets an answer after what waits.
  private var isEnding = false
  /// Done when all answers so far are sent.
  private var sent: EventLoopFuture<Void>?

  init(_ answer: @escaping @Sendable (HTTPRequestHead) -> EndpointAnswer) {
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: break
    case .end:
      guard let head, !isEnding else { return }
      // A client of HTTP/1.0 does not expect the connection to stay open, and after a wish to speak another protocol nothing
      // is understood any more.
      isEnding =
        !head.isKeepAlive || head.version == .http1_0 || head.method == .CONNECT
        || head.headers.contains(name: "Upgrade")
      waiting.append(.request(head))
      respond(context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else {
      context.fireErrorCaught(error)
      return
    }
    guard !isEnding else { return }
    isEnding = true
    waiting.append(.malformed)
    respond(context)
  }

  func read(context: ChannelHandlerContext) {
    if waiting.isEmpty { context.read() } else { isReadHeld = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    respond(context)
    context.fireChannelWritabilityChanged()
  }

  /// A client that has said that it sends nothing more still gets what it has asked for.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      isEnding = true
      if waiting.isEmpty { end(context) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Writing may call this again, by a change of writability; then either the connection has no room or nothing waits.
  private func respond(_ context: ChannelHandlerContext) {
    while context.channel.isWritable, !waiting.isEmpty {
      switch waiting.removeFirst() {
      case .request(let head): write(answer(head), isHead: head.method == .HEAD, context)
      case .malformed: write(.malformed, isHead: false, context)
      }
      if isEnding, waiting.isEmpty { end(context) }
    }
    if waiting.isEmpty, isReadHeld {
      isReadHeld = false
      context.read()
    }
  }

  /// Writes the answer; to HEAD without its body.
  private func write(_ answer: EndpointAnswer, isHead: Bool, _ context: ChannelHandlerContext) {
    let body = context.channel.allocator.buffer(string: answer.body)
    var fields: HTTPHeaders = [
      "Content-Type": answer.contentType, "Content-Length": "\(body.readableBytes)",
      "Cache-Control": "no-store",
    ]
    if let allow = answer.allow { fields.add(name: "Allow", value: allow) }
    if isEnding, waiting.isEmpty { fields.add(name: "Connection", value: "close") }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: fields)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
  }

  /// Tells the client that nothing more comes, once all answers are sent. The connection is closed when the client has closed
  /// it, too, or by the ``ConnectionGuard``: to close it while something is unread could cost the client the last answer.
  private func end(_ context: ChannelHandlerContext) {
    let channel = context.channel
    (sent ?? context.eventLoop.makeSucceededVoidFuture()).whenComplete { _ in
      channel.close(mode: .output, promise: nil)
    }
  }
}
