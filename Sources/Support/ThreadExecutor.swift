import Foundation

/// Runs the jobs of one actor, one after the other, on a thread of its own: calls that block never take
/// a thread of the cooperative pool.
///
/// The thread ends when the executor is released, behind the last job.
package final class ThreadExecutor: SerialExecutor {
  private let queue: JobQueue

  /// Starts the thread under this name.
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

  /// Takes a job of the actor.
  package func enqueue(_ job: consuming ExecutorJob) {
    queue.append(UnownedJob(job), for: self)
  }
}

/// The jobs that wait for the thread.
///
/// `@unchecked Sendable`: `waiting` and `isStopped` are read and written with `condition` locked only.
private final class JobQueue: @unchecked Sendable {
  private let condition = NSCondition()
  /// With the executor, which so outlives its jobs.
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

  /// All jobs that wait, as soon as there is one; `nil` at the end.
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
