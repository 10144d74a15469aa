/// Lets each client have so many look-ups at once; its others wait in line.
actor ClientTurns {
  private struct Client {
    var running = 0
    var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
  }

  private let atOnce: Int
  private let longestLine: Int
  private let patience: Duration
  private var clients: [String: Client] = [:]
  private var lastWaiter = 0

  /// - Parameters:
  ///   - atOnce: The look-ups of one client at the same time.
  ///   - longestLine: How many more of them may wait.
  ///   - patience: How long each of these waits for its turn.
  init(atOnce: Int, longestLine: Int, patience: Duration = .seconds(10)) {
    self.atOnce = atOnce
    self.longestLine = longestLine
    self.patience = patience
  }

  /// Looks something up when it is the client's turn, and gives up after so much time. The turn lasts until the work has
  /// ended, also when nobody waits for it any more.
  ///
  /// - Throws: ``InspectorError`` when too many of the client's look-ups wait already.
  func perform<Value: Sendable>(
    for client: String, within limit: Duration, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await begin(client)
    return try await limited(to: limit) { try await self.ending(client, work) }
  }

  /// Does work when it is the client's turn, however long it takes.
  ///
  /// - Throws: ``InspectorError`` when too many of the client's look-ups wait already.
  func perform<Value: Sendable>(
    for client: String, _ work: @Sendable () async throws -> Value
  ) async throws -> Value {
    try await begin(client)
    return try await ending(client, work)
  }

  private func ending<Value: Sendable>(
    _ client: String, _ work: @Sendable () async throws -> Value
  ) async throws -> Value {
    do {
      let value = try await work()
      end(client)
      return value
    } catch {
      end(client)
      throw error
    }
  }

  private func begin(_ name: String) async throws {
    var client = clients[name] ?? Client()
    guard client.running >= atOnce else {
      client.running += 1
      clients[name] = client
      return
    }
    guard client.waiting.count < longestLine else {
      throw InspectorError(
        .unavailable, "Too many pages are being made for this client already; wait for them, and try again.")
    }
    lastWaiter += 1
    let id = lastWaiter
    let clock = Task {
      do { try await Task.sleep(for: patience) } catch { return }
      giveUp(
        id, of: name,
        InspectorError(
          .unavailable, "Other pages of this client have not been answered yet; try again when they are."))
    }
    defer { clock.cancel() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { clients[name]?.waiting.append((id, $0)) }
    } onCancel: {
      Task { await giveUp(id, of: name, CancellationError()) }
    }
  }

  /// Lets one who waits go without a turn.
  private func giveUp(_ id: Int, of name: String, _ error: any Error) {
    guard let index = clients[name]?.waiting.firstIndex(where: { $0.id == id }) else { return }
    clients[name]?.waiting.remove(at: index).continuation.resume(throwing: error)
  }

  /// The turn passes to the one who has waited longest.
  private func end(_ name: String) {
    guard var client = clients[name] else { return }
    if client.waiting.isEmpty {
      client.running -= 1
      clients[name] = client.running == 0 ? nil : client
    } else {
      let next = client.waiting.removeFirst()
      clients[name] = client
      next.continuation.resume()
    }
  }
}
