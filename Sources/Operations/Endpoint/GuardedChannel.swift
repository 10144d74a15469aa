import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// HTTP/1.1 with a ``ConnectionGuard`` in front of it.
struct GuardedChannel: ServerChildChannel {
  /// A connection.
  struct Value: ServerChildChannelValue {
    let channel: any Channel
    /// What its task handles, if it has one.
    let requests: HTTP1Channel.Value?
  }

  private enum Answering: Sendable {
    case immediate(@Sendable (HTTPRequestHead) -> EndpointAnswer)
    case inTask(HTTP1Channel)
  }

  private let answering: Answering
  private let limits: ConnectionLimits
  private let counter = ConnectionGuard.Counter()

  /// Answers on the thread of the connections, which an answer must not keep for long (``ImmediateResponder``).
  init(_ limits: ConnectionLimits, answer: @escaping @Sendable (HTTPRequestHead) -> EndpointAnswer) {
    self.limits = limits
    answering = .immediate(answer)
  }

  /// Answers in a task for each connection, which may take its time and write an answer bit by bit.
  init(_ limits: ConnectionLimits, responder: @escaping HTTPChannelHandler.Responder) {
    self.limits = limits
    // The guard counts all bytes, so that a request which it lets through is never too long for the decoder.
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.bytes, maxHeaderListSize: limits.bytes)
    answering = .inTask(
      HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: decoder)))
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let isAdmitted = counter.enter(limit: limits.connections)
    if isAdmitted { channel.closeFuture.whenComplete { [counter] _ in counter.leave() } }
    do {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(ConnectionGuard(limits, isAdmitted: isAdmitted))
      switch answering {
      case .immediate(let answer):
        // The responder keeps the order of the answers and answers what is no HTTP, and its headers are valid.
        try pipeline.configureHTTPServerPipeline(
          withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false)
        try pipeline.addHandler(ImmediateResponder(answer))
        return channel.eventLoop.makeSucceededFuture(Value(channel: channel, requests: nil))
      case .inTask(let http):
        return http.setup(channel: channel, logger: logger).map { Value(channel: channel, requests: $0) }
      }
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  func handle(value: Value, logger: Logger) async {
    if case .inTask(let http) = answering, let requests = value.requests {
      await http.handle(value: requests, logger: logger)
    } else {
      // The future of a channel's end never fails.
      try? await value.channel.closeFuture.get()
    }
  }
}
