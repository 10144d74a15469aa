import CRabbitMQ
import Foundation
import Synchronization

/// Receives all updates on a thread of its own, as a consumer does, and records when each came.
final class Tap: Sendable {
  struct Arrival: Sendable {
    /// The index of its event.
    let event: Int
    /// In nanoseconds of ``Clock``.
    let time: UInt64
  }

  private struct State {
    var arrivals: [Arrival] = []
    var expected = Int.max
    var lastId = ""
    var failure: (any Error)?
  }

  private static let queue: StaticString = "user_tap_conn_1_updates"
  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)

  /// Binds a queue that gets every update and begins to consume it.
  init(port: Int) throws {
    let topology = try BrokerConnection(port: port)
    try topology.declareExchange("chat3_updates")
    try topology.declareQueue(Self.queue, boundTo: "chat3_updates", key: "update.#")
    let thread = Thread { [self] in
      do {
        let connection = try BrokerConnection(port: port)
        try connection.consume(Self.queue, prefetch: 1000)
        while true { try receive(connection) }
      } catch {
        state.withLock { $0.failure = error }
        arrived.signal()
      }
    }
    thread.name = "tap"
    thread.start()
  }

  /// Forgets what came so far and expects `count` updates from now on.
  func expect(_ count: Int) {
    state.withLock { $0 = State(expected: count, failure: $0.failure) }
  }

  /// What has come so far.
  func arrivals() throws -> [Arrival] {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.arrivals
    }
  }

  /// Returns when the expected updates have come.
  ///
  /// - Returns: All of them, and the `message_id` of the last.
  func wait(seconds: Double) throws -> (arrivals: [Arrival], lastId: String) {
    let isInTime = arrived.wait(timeout: .now() + seconds) == .success
    let (arrivals, lastId, expected) = try state.withLock { state in
      if let failure = state.failure { throw failure }
      return (state.arrivals, state.lastId, state.expected)
    }
    guard isInTime else {
      throw BenchmarkError("of \(expected) updates only \(arrivals.count) came within \(seconds) s")
    }
    return (arrivals, lastId)
  }

  private func receive(_ connection: BrokerConnection) throws {
    try connection.next(within: 60_000) { envelope in
      let time = Clock.now()
      let properties = envelope.message.properties
      var event = -1
      for index in 0..<Int(properties.headers.num_entries) {
        let entry = properties.headers.entries[index]
        guard entry.key.isEqual(to: "eventId") else { continue }
        event = Load.index(ofIdentity: entry.value.value.bytes.text) ?? -1
      }
      let isLast = state.withLock { state in
        state.arrivals.append(Arrival(event: event, time: time))
        guard state.arrivals.count == state.expected else { return false }
        state.lastId = properties.message_id.text
        return true
      }
      if isLast { arrived.signal() }
      if isLast || envelope.delivery_tag % 250 == 0 {
        try connection.acknowledge(through: envelope.delivery_tag)
      }
    }
  }
}
