import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// HTTP/1.1 with a ``ConnectionGuard`` in front of it.
struct GuardedChannel: ServerChildChannel {
  /// How requests get their answers.
  enum Responder: Sendable {
    /// On the connection's thread, which an answer must not keep for long (``ImmediateResponder``).
    case immediate(@Sendable (HTTPRequestHead) -> EndpointAnswer)
    /// In a task for each connection, which may take its time and write the answer bit by bit.
    case inTask(HTTPChannelHandler.Responder)
  }

  /// A connection.
  struct Value: ServerChildChannelValue {
    let channel: any Channel
    /// What its task handles, if it has one.
    let requests: HTTP1Channel.Value?
  }

  private let responder: Responder
  private let limits: ConnectionLimits
  private let counter = ConnectionGuard.Counter()

  init(_ limits: ConnectionLimits, _ responder: Responder) {
    self.limits = limits
    self.responder = responder
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let isAdmitted = counter.enter(limit: limits.connections)
    if isAdmitted { channel.closeFuture.whenComplete { [counter] _ in counter.leave() } }
    do {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(ConnectionGuard(limits, isAdmitted: isAdmitted))
      switch responder {
      case .immediate(let answer):
        // The responder keeps the order of the answers and answers what is no HTTP, and its headers are valid.
        try pipeline.configureHTTPServerPipeline(
          withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false)
        try pipeline.addHandler(ImmediateResponder(answer))
        return channel.eventLoop.makeSucceededFuture(Value(channel: channel, requests: nil))
      case .inTask(let responder):
        return http(responder).setup(channel: channel, logger: logger).map {
          Value(channel: channel, requests: $0)
        }
      }
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
  }

  func handle(value: Value, logger: Logger) async {
    if case .inTask(let responder) = responder, let requests = value.requests {
      await http(responder).handle(value: requests, logger: logger)
    } else {
      // The future of a channel's end never fails.
      try? await value.channel.closeFuture.get()
    }
  }

  /// The guard counts all bytes, so that a request which it lets through is never too long for the decoder.
  private func http(_ responder: @escaping HTTPChannelHandler.Responder) -> HTTP1Channel {
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.bytes, maxHeaderListSize: limits.bytes)
    return HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: decoder))
  }
}
