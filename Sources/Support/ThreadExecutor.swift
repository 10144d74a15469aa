import Foundation

/// Runs the jobs of one actor, one after the other, on a thread of its own, so that calls that block never
/// take a thread of the cooperative pool.
///
/// The thread ends after the last job once the executor is released.
package final class ThreadExecutor: SerialExecutor {
  private let queue: JobQueue

  /// Starts the thread, which gets this name.
  package init(name: String) {
    let queue = JobQueue()
    self.queue = queue
    let thread = Thread { queue.run() }
    thread.name = name
    thread.start()
  }

  deinit {
    queue.stop()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    queue.append(UnownedJob(job), for: self)
  }
}

/// The jobs that wait for the thread.
///
/// `@unchecked Sendable`: `waiting` and `isStopped` are read and written only while `condition` is locked.
private final class JobQueue: @unchecked Sendable {
  private let condition = NSCondition()
  /// Each job comes with its executor, which therefore outlives it.
  private var waiting: [(job: UnownedJob, executor: ThreadExecutor)] = []
  private var isStopped = false

  func append(_ job: UnownedJob, for executor: ThreadExecutor) {
    condition.lock()
    waiting.append((job, executor))
    condition.signal()
    condition.unlock()
  }

  func stop() {
    condition.lock()
    isStopped = true
    condition.signal()
    condition.unlock()
  }

  func run() {
    while let jobs = next() {
      for (job, executor) in jobs { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
    }
  }

  /// Waits until there is a job, and takes all that are waiting; `nil` once the queue is stopped and empty.
  private func next() -> [(job: UnownedJob, executor: ThreadExecutor)]? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty {
      if isStopped { return nil }
      condition.wait()
    }
    let jobs = waiting
    waiting.removeAll(keepingCapacity: true)
    return jobs
  }
}
