import NIOCore
import Synchronization

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

  static let mostConnections = 64
  /// The most bytes of a request.
  static let mostBytes = 8192
  /// The longest time from the opening of the connection, or from an answer, to the next answer.
  static let longest: TimeAmount = .seconds(5)

  private let isAdmitted: Bool
  private var bytes = 0
  private var deadline: Scheduled<Void>?

  init(isAdmitted: Bool) {
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
    guard isAdmitted, bytes <= Self.mostBytes else {
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
    deadline = context.eventLoop.scheduleTask(in: Self.longest) { channel.close(promise: nil) }
  }
}
