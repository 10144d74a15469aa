import NIOCore
import Synchronization

/// What the clients of an endpoint may take up.
package struct ConnectionLimits: Sendable {
  /// How many connections there may be.
  package var connections = 64
  /// The most bytes of a request.
  package var bytes = 8192
  /// The longest time from the opening of the connection, or from an answer, to the next answer.
  package var longest = Duration.seconds(5)

  package init() {}
}

extension Duration {
  /// In whole nanoseconds; only for what is known to be far shorter than 292 years.
  fileprivate var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}

/// Bounds what a client of the endpoint can take up. It stands before all other handlers of a connection and counts
/// bytes, so that nothing that a client sends gets around it.
///
/// A connection may send so many bytes, and has so much time, for each answer that it gets; headers and body count
/// alike. When either is over, or there are too many connections, it is closed without a word.
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Counts the connections of an endpoint.
  final class Counter: Sendable {
    private let count = Mutex(0)

    /// False when there are `limit` already.
    func enter(limit: Int) -> Bool {
      count.withLock { count in
        guard count < limit else { return false }
        count += 1
        return true
      }
    }

    func leave() { count.withLock { $0 -= 1 } }
  }

  private let limits: ConnectionLimits
  private let isAdmitted: Bool
  private var bytes = 0
  private var deadline: Scheduled<Void>?

  init(_ limits: ConnectionLimits, isAdmitted: Bool) {
    self.limits = limits
    self.isAdmitted = isAdmitted
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes += unwrapInboundIn(data).readableBytes
    guard isAdmitted, bytes <= limits.bytes else {
      context.close(promise: nil)
      return
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    bytes = 0
    restart(context)
    context.write(data, promise: promise)
  }

  /// The endpoint is being closed: nobody waits for a client that has nothing to ask.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard isAdmitted else {
      context.close(promise: nil)
      return
    }
    if deadline == nil { restart(context) }
  }

  private func restart(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: .nanoseconds(limits.longest.nanoseconds)) {
      channel.close(promise: nil)
    }
  }
}
