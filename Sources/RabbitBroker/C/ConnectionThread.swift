import CRabbitMQ
import Foundation
import Synchronization

/// The thread of one connection, and the executor of that connection's actor. Between the actor's jobs it
/// waits for the socket, so that frames are read and heartbeats answered while nobody asks for anything.
///
/// Jobs wake the thread through an eventfd that is polled together with the socket.
final class ConnectionThread: SerialExecutor {
  /// What to wait for when there are no jobs.
  struct Interest: Sendable {
    /// The descriptor to watch for input; -1 for none.
    var descriptor: Int32 = -1
    /// The longest wait in milliseconds; -1 for no limit.
    var timeout: Int32 = -1
  }

  private struct State {
    var jobs: [UnownedJob] = []
    var isStopped = false
    var thread: pthread_t?
    var service: @Sendable (_ mayHaveInput: Bool) -> Interest = { _ in Interest() }
  }

  private let state = Mutex(State())
  private let wakeUp: Int32

  /// Starts the thread, which runs until ``stop()``.
  init(name: String) throws(BrokerError) {
    wakeUp = chat3_eventfd()
    guard wakeUp >= 0 else {
      throw BrokerError(
        .unreachable,
        "No file descriptor is left for a connection to RabbitMQ; raise the limit on open files.",
        isRetryable: true)
    }
    let thread = Thread { [self] in run() }
    thread.name = name
    thread.start()
  }

  deinit {
    close(wakeUp)
  }

  /// Sets what runs on the thread after jobs and whenever there are none. It is told whether the descriptor may have input,
  /// or has not had any for as long as it wanted to wait, and returns what to wait for next.
  func serve(_ service: @escaping @Sendable (_ mayHaveInput: Bool) -> Interest) {
    state.withLock { $0.service = service }
  }

  /// Ends the thread once the jobs that are waiting have run.
  func stop() {
    state.withLock { $0.isStopped = true }
    wake()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isFirst = state.withLock { state in
      state.jobs.append(job)
      return state.jobs.count == 1
    }
    if isFirst && !isCurrent { wake() }
  }

  func checkIsolated() {
    precondition(isCurrent, "not on the connection's thread")
  }

  private var isCurrent: Bool {
    state.withLock { state in
      state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
    }
  }

  private func wake() {
    var one: UInt64 = 1
    // This fails only when the counter is full, which means that a wake-up is already pending.
    _ = write(wakeUp, &one, 8)
  }

  private func run() {
    state.withLock { $0.thread = pthread_self() }
    var (mayHaveInput, since) = (true, ContinuousClock.now)
    while true {
      let (jobs, isStopped, service) = state.withLock { state in
        defer { state.jobs.removeAll() }
        return (state.jobs, state.isStopped, state.service)
      }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if jobs.isEmpty && isStopped { return }
      if mayHaveInput { since = .now }
      let interest = service(mayHaveInput)
      // Jobs that the service itself has enqueued (resumed continuations) did not wake the thread.
      let isIdle = state.withLock { $0.jobs.isEmpty && !$0.isStopped }
      mayHaveInput = wait(for: interest, atMost: isIdle ? interest.timeout : 0)
      if interest.timeout >= 0, .now - since >= .milliseconds(interest.timeout) { mayHaveInput = true }
    }
  }

  /// Returns whether the descriptor has input.
  private func wait(for interest: Interest, atMost milliseconds: Int32) -> Bool {
    var watched = [
      pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
      pollfd(fd: interest.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    poll(&watched, 2, milliseconds)
    if watched[0].revents != 0 {
      var count: UInt64 = 0
      _ = read(wakeUp, &count, 8)
    }
    return watched[1].revents != 0
  }
}
