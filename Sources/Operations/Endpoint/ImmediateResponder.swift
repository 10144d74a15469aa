import NIOCore
import NIOHTTP1

/// Answers the requests of a connection on its own thread, one after another and each at once. An answer made from memory
/// takes less time than a task to make it in.
///
/// An answer waits until the client has taken the ones before it, so that a client that only asks cannot fill the memory;
/// how long it may take is for the ``ConnectionGuard``.
final class ImmediateResponder: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: @Sendable (HTTPRequestHead) -> EndpointAnswer
  private var head: HTTPRequestHead?
  /// Complete requests that have no answer yet.
  private var waiting: [HTTPRequestHead] = []
  /// No request gets an answer after those that wait.
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
      waiting.append(head)
      respond(context)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    respond(context)
    context.fireChannelWritabilityChanged()
  }

  /// A client that has said that it sends nothing more still gets what it has asked for.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      isEnding = true
      if waiting.isEmpty { close(context) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func respond(_ context: ChannelHandlerContext) {
    while context.channel.isWritable, !waiting.isEmpty {
      let head = waiting.removeFirst()
      // A client of HTTP/1.0 does not expect the connection to stay open.
      if !head.isKeepAlive || head.version == .http1_0 {
        isEnding = true
        waiting = []
      }
      write(answer(head), isHead: head.method == .HEAD, context)
      if isEnding, waiting.isEmpty { close(context) }
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

  /// Closes the connection once all answers are sent.
  private func close(_ context: ChannelHandlerContext) {
    let channel = context.channel
    (sent ?? context.eventLoop.makeSucceededVoidFuture()).whenComplete { _ in channel.close(promise: nil) }
  }
}
