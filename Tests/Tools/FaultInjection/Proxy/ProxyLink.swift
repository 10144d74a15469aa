import Foundation

/// One connection through a proxy, with the bytes that are on their way between client and server.
final class ProxyLink {
  /// The bytes of one direction.
  private struct Flow {
    static let capacity = 64 << 10

    let source: Int32
    let target: Int32
    var chunks: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
    var isEnded = false
    var isShut = false

    var wantsInput: Bool { !isEnded && chunks.count < 64 }

    func wantsOutput(_ now: ContinuousClock.Instant) -> Bool { chunks.first.map { $0.due <= now } ?? false }
  }

  private let client: Int32
  private let server: Int32
  private var flows: [FaultProxy.Direction: Flow]
  private(set) var isOver = false

  /// Owns both sockets from now on.
  init(client: Int32, server: Int32) {
    self.client = client
    self.server = server
    flows = [
      .toServer: Flow(source: client, target: server), .toClient: Flow(source: server, target: client),
    ]
    for descriptor in [client, server] {
      var one: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  /// What to wait for at the client and at the server.
  func interest(_ interference: [FaultProxy.Direction: FaultProxy.Interference]) -> [pollfd] {
    let now = ContinuousClock.now
    var events: [Int32: Int32] = [client: 0, server: 0]
    for (direction, flow) in flows where interference[direction] != .hold {
      if flow.wantsInput { events[flow.source, default: 0] |= Int32(POLLIN) }
      if flow.wantsOutput(now) { events[flow.target, default: 0] |= Int32(POLLOUT) }
    }
    return [client, server].map { descriptor in
      let events = events[descriptor] ?? 0
      // A socket with nothing to wait for is left out, because an ended peer would wake the poll again and
      // again.
      return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }
  }

  /// How long until delayed bytes are due; `nil` if there are none.
  func milliseconds(_ interference: [FaultProxy.Direction: FaultProxy.Interference]) -> Int32? {
    let now = ContinuousClock.now
    return flows.compactMap { direction, flow -> Int32? in
      guard interference[direction] != .hold, let due = flow.chunks.first?.due, due > now else { return nil }
      return Int32((due - now) / .milliseconds(1)) + 1
    }.min()
  }

  /// Moves what can be moved.
  ///
  /// - Parameters:
  ///   - text: No more bytes may pass in the direction `planned` once this has come.
  ///   - budget: How many more bytes may pass in the direction `planned`.
  func serve(
    _ clientEvents: Int16, _ serverEvents: Int16,
    _ interference: [FaultProxy.Direction: FaultProxy.Interference], planned: FaultProxy.Direction?,
    until text: [UInt8]?, budget: inout Int?
  ) {
    for direction in FaultProxy.Direction.allCases where interference[direction] != .hold && !isOver {
      let (sourceEvents, targetEvents) =
        direction == .toServer ? (clientEvents, serverEvents) : (serverEvents, clientEvents)
      if sourceEvents & ~Int16(POLLOUT) != 0 {
        let bytes = read(direction, interference[direction] ?? .none)
        if direction == planned, let text, bytes.firstRange(of: text) != nil { budget = 0 }
      }
      if targetEvents & ~Int16(POLLIN) != 0 {
        var all: Int?
        let isPlanned = direction == planned
        if isPlanned { all = budget }
        write(direction, isInFragments: interference[direction] == .fragments, budget: &all)
        if isPlanned { budget = all }
      }
      passOnEnd(direction)
    }
    if flows.values.allSatisfy(\.isShut) { end(.cut) }
  }

  func end(_ ending: FaultProxy.Ending) {
    guard !isOver else { return }
    isOver = true
    Self.close(client, ending)
    Self.close(server, ending)
  }

  static func close(_ descriptor: Int32, _ ending: FaultProxy.Ending) {
    switch ending {
    case .cut: shutdown(descriptor, Int32(SHUT_RDWR))
    case .reset:
      var now = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
    Foundation.close(descriptor)
  }

  /// Returns what has come.
  private func read(
    _ direction: FaultProxy.Direction, _ interference: FaultProxy.Interference
  ) -> ArraySlice<UInt8> {
    guard let flow = flows[direction], flow.wantsInput else { return [] }
    var buffer = [UInt8](repeating: 0, count: Flow.capacity)
    let count = recv(flow.source, &buffer, buffer.count, 0)
    if count > 0 {
      var due = ContinuousClock.now
      if case .delay(let delay) = interference { due += delay }
      flows[direction]?.chunks.append((due, buffer[..<count]))
      return buffer[..<count]
    } else if count == 0 {
      flows[direction]?.isEnded = true
    } else if errno != EAGAIN, errno != EINTR {
      end(.reset)
    }
    return []
  }

  private func write(_ direction: FaultProxy.Direction, isInFragments: Bool, budget: inout Int?) {
    // Only so many at once, so that the other connections get a turn.
    var turns = isInFragments ? 2048 : 16
    while turns > 0, budget != 0, let flow = flows[direction], flow.wantsOutput(.now) {
      turns -= 1
      guard let chunk = flow.chunks.first?.bytes else { return }
      let count = min(isInFragments ? 1 : chunk.count, budget ?? chunk.count)
      let sent = chunk.withUnsafeBytes {
        send(flow.target, $0.baseAddress, count, Int32(MSG_NOSIGNAL))
      }
      guard sent >= 0 else {
        if errno != EAGAIN, errno != EINTR { end(.reset) }
        return
      }
      budget = budget.map { $0 - sent }
      if sent == chunk.count {
        flows[direction]?.chunks.removeFirst()
      } else {
        flows[direction]?.chunks[0].bytes = chunk.dropFirst(sent)
      }
    }
  }

  /// Tells the target that the source has ended, after everything that the source has sent.
  private func passOnEnd(_ direction: FaultProxy.Direction) {
    guard let flow = flows[direction], flow.isEnded, !flow.isShut, flow.chunks.isEmpty else { return }
    flows[direction]?.isShut = true
    shutdown(flow.target, Int32(SHUT_WR))
  }
}
