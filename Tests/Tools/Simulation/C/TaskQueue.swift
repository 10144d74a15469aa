import CTaskHook

/// The jobs of all tasks and actors of this process, which run one at a time, when they are told to. Once it is
/// installed, the process runs nothing else on Swift's global executor.
enum TaskQueue {
  static func install() { task_hook_install() }

  /// How many jobs could run now.
  static var count: Int { task_hook_count() }

  /// Runs a job, given by an index below ``count``, until it suspends or ends.
  static func run(_ index: Int) { task_hook_run(index) }

  /// How often a task has asked the system to wake it later.
  static var systemSleeps: Int { task_hook_system_sleeps() }
}
