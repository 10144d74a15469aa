/// Lets each client have so many look-ups at once; its others wait in line.
actor ClientTurns {
  private struct Client {
    var running = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let atOnce: Int
  private let longestLine: Int
  private var clients: [String: Client] = [:]

  /// - Parameters:
  ///   - atOnce: The look-ups of one client at the same time.
  ///   - longestLine: How many more of them may wait.
  init(atOnce: Int, longestLine: Int) {
    self.atOnce = atOnce
    self.longestLine = longestLine
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

  private func begin(_ name: String) async throws(InspectorError) {
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
    await withCheckedContinuation { clients[name]?.waiting.append($0) }
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
      next.resume()
    }
  }
}
