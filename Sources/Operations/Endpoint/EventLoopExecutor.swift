import NIOCore

/// Runs tasks on the thread of an event loop. A task that reads from a socket and writes to it then goes on where the
/// socket is served, and no other thread has to be woken for it.
final class EventLoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) {
    self.loop = loop
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
