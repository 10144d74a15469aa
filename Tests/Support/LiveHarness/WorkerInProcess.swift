import MongoStore
package import Pipeline
import RabbitBroker
import Synchronization
import TestServers

/// The live worker in this process, composed as `run` composes it. Tests can wait for its counts.
package final class WorkerInProcess: Sendable {
  private let worker: LiveWorker
  private let running: Task<Void, any Error>
  private let progress: Progress

  /// - Parameter mongoURI: Another way to the database of the installation.
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
      source: source, publisher: publisher, pipeline: pipeline, openEvents: limits.openEvents, waits: true,
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

  /// What was handled so far.
  package var tally: Tally { progress.state.withLock { $0.tally } }

  /// Why it waited for a server, each time that it did.
  package var outages: [String] { progress.state.withLock { $0.outages } }

  /// Waits until it has handled `count` events since its start.
  package func hasHandled(_ count: Int) async throws {
    await withCheckedContinuation { progress.wait(for: count, $0) }
    guard tally.totalEvents >= count else {
      try await running.value
      throw TestServerError(
        "the worker has ended after \(tally.totalEvents) events, before \(count) were handled")
    }
  }

  /// Stops it and waits for its end.
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
        case .waiting(_, let reason): state.outages.append(reason)
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
