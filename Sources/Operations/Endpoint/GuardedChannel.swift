import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 with a ``ConnectionGuard`` in front of it.
struct GuardedChannel: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  private let http: HTTP1Channel
  private let counter = ConnectionGuard.Counter()

  init(responder: @escaping HTTPChannelHandler.Responder) {
    http = HTTP1Channel(responder: responder)
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let isAdmitted = counter.enter(limit: ConnectionGuard.mostConnections)
    if isAdmitted { channel.closeFuture.whenComplete { [counter] _ in counter.leave() } }
    do {
      try channel.pipeline.syncOperations.addHandler(ConnectionGuard(isAdmitted: isAdmitted))
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
    return http.setup(channel: channel, logger: logger)
  }

  func handle(value: Value, logger: Logger) async {
    await http.handle(value: value, logger: logger)
  }
}
