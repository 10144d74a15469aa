/// Servers that a test may stop and disturb. Tests take turns with a few of them, because RabbitMQ needs seconds of CPU
/// time to start.
private actor RabbitLoan {
  static let loan = RabbitLoan()

  private let turns = Turns(2)
  private var idle: [RabbitServer] = []

  func take() async throws -> RabbitServer {
    await turns.take()
    do {
      guard let server = idle.popLast() else { return try await RabbitServer() }
      // It has the data that it had when a test stopped it.
      if !server.isStarted { try await server.start() }
      return server
    } catch {
      turns.giveBack()
      throw error
    }
  }

  /// - Parameter isSound: Whether another test may use it.
  func giveBack(_ server: RabbitServer, isSound: Bool) {
    if isSound { idle.append(server) }
    turns.giveBack()
  }
}

extension RabbitServer {
  /// Lends a server to a test that stops it, or changes what other tests would notice. The test leaves it without alarms
  /// and policies of its own, started or not.
  package static func lent<Result>(
    isolation: isolated (any Actor)? = #isolation, to test: (RabbitServer) async throws -> Result
  ) async throws -> Result {
    let server = try await RabbitLoan.loan.take()
    do {
      let result = try await test(server)
      await RabbitLoan.loan.giveBack(server, isSound: !server.isFrozen)
      return result
    } catch {
      await RabbitLoan.loan.giveBack(server, isSound: false)
      throw error
    }
  }
}
