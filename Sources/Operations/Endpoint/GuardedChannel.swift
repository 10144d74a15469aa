import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 with a ``ConnectionGuard`` in front of it.
struct GuardedChannel: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  private let http: HTTP1Channel
  private let limits: ConnectionLimits
  private let counter = ConnectionGuard.Counter()

  init(_ limits: ConnectionLimits, responder: @escaping HTTPChannelHandler.Responder) {
    self.limits = limits
    // The guard counts all bytes, so that a request which it lets through is never too long for the decoder.
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.bytes, maxHeaderListSize: limits.bytes)
    http = HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: decoder))
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let isAdmitted = counter.enter(limit: limits.connections)
    if isAdmitted { channel.closeFuture.whenComplete { [counter] _ in counter.leave() } }
    do {
      try channel.pipeline.syncOperations.addHandler(ConnectionGuard(limits, isAdmitted: isAdmitted))
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
    return http.setup(channel: channel, logger: logger)
  }

  func handle(value: Value, logger: Logger) async {
    await http.handle(value: value, logger: logger)
  }
}
