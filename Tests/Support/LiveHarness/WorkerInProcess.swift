import MongoStore
package import Pipeline
import RabbitBroker
import Synchronization
import TestServers

/// The live worker in this process, composed as `run` composes it, with its counts to wait for.
package final class WorkerInProcess: Sendable {
  private let worker: LiveWorker
  private let running: Task<Void, any Error>
  private let progress: Progress

  /// Starts it on an installation.
  ///
  /// - Parameter mongoURI: Another way to the same database.
  package init(
    _ installation: Installation, limits: PipelineLimits = PipelineLimits(), mongoURI: String? = nil
  ) throws {
    let configuration = try installation.brokerConfiguration()
    let store = MongoStore(try MongoConfiguration(uri: mongoURI ?? installation.mongoURI))
    let source = BrokerEventSource(configuration)
    let publisher = BrokerPublisher(configuration)
    let deadLetters = BrokerDeadLetters(configuration)
    let pipeline = UpdatePipeline(
      directory: store, store: store, publisher: publisher, deadLetters: deadLetters, limits: limits)
    let progress = Progress()
    let worker = LiveWorker(
      source: source, publisher: publisher, pipeline: pipeline, roundSize: limits.eventsPerRound, waits: true,
      prepareStore: { try await store.prepare() }, notice: { progress.note($0) })
    running = Task {
      defer { progress.end() }
      try await worker.run()
      await deadLetters.close()
      await store.close()
    }
    self.worker = worker
    self.progress = progress
  }

  /// Counts so far.
  package var tally: Tally { progress.state.withLock { $0.tally } }

  /// Whether it ever waited for a server, and why.
  package var outages: [String] { progress.state.withLock { $0.outages } }

  /// Waits until it has handled so many events since it was started.
  package func hasHandled(_ count: Int) async throws {
    await withCheckedContinuation { progress.wait(for: count, $0) }
    guard tally.totalEvents >= count else {
      try await running.value
      throw TestServerError("the worker has ended after \(tally.totalEvents) events, \(count) were awaited")
    }
  }

  /// Stops it in good order.
  package func stop() async throws {
    try await worker.stop()
    try await running.value
  }

  private final class Progress: Sendable {
    struct State {
      var tally = Tally()
      var outages: [String] = []
      var isEnded = false
      var waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?

      mutating func due() -> CheckedContinuation<Void, Never>? {
        guard let waiting, isEnded || tally.totalEvents >= waiting.count else { return nil }
        self.waiting = nil
        return waiting.continuation
      }
    }

    let state = Mutex(State())

    func note(_ notice: WorkerNotice) {
      let due = state.withLock { state in
        switch notice {
        case .round(let tally): state.tally += tally
        case .waiting(let reason): state.outages.append(reason)
        case .ready, .recovered, .unsendable: break
        }
        return state.due()
      }
      due?.resume()
    }

    func end() {
      let due = state.withLock { state in
        state.isEnded = true
        return state.due()
      }
      due?.resume()
    }

    func wait(for count: Int, _ continuation: CheckedContinuation<Void, Never>) {
      let due = state.withLock { state in
        state.waiting = (count, continuation)
        return state.due()
      }
      due?.resume()
    }
  }
}
