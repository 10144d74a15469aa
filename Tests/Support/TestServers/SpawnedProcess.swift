package import Foundation
import Synchronization

/// A program that runs, started by `posix_spawn` because several tests cannot use Foundation's `Process` at
/// once. Its streams are files.
package final class SpawnedProcess: Sendable {
  /// How a program ended.
  package enum Ending: Sendable, Equatable {
    /// With an exit code.
    case exited(Int32)
    /// By a signal.
    case killed(Int32)
  }

  package let id: pid_t
  private let ending = Mutex<Ending?>(nil)

  /// - Parameter program: A path, or a name on the `PATH`.
  package init(
    _ program: String, _ arguments: [String], in folder: String, input: String = "/dev/null", output: String,
    errors: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    // A shell changes the folder, because glibc's file action for that is not visible to Swift.
    let shell = "/bin/sh"
    let words = [shell, "-c", "cd \"$1\" && shift && exec \"$@\"", shell, folder, program] + arguments
    let copies = words.map { strdup($0) } + [nil]
    // A process that is killed leaves libmongoc's counters in shared memory, and a later one with the same id
    // reports that on standard error.
    let environment = environment.merging(["MONGOC_DISABLE_SHM": "1"]) { given, _ in given }
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (copies + variables).forEach { free($0) } }
    var id: pid_t = 0
    let status = posix_spawn(&id, shell, &actions, &attributes, copies, variables)
    guard status == 0 else {
      throw TestServerError("cannot start \(program): \(String(cString: strerror(status)))")
    }
    self.id = id
  }

  /// Sends a signal, unless the program is known to have ended.
  package func send(_ signal: Int32) {
    ending.withLock { if $0 == nil { kill(id, signal) } }
  }

  /// Whether the program still runs.
  package var isRunning: Bool { ended(options: WNOHANG) == nil }

  /// Waits for the end of the program.
  package func wait() -> Ending {
    while true {
      if let ending = ended(options: 0) { return ending }
    }
  }

  private func ended(options: Int32) -> Ending? {
    if let ending = ending.withLock({ $0 }) { return ending }
    var status: Int32 = 0
    guard waitpid(id, &status, options) == id else { return ending.withLock { $0 } }
    let signal = status & 0x7F
    let result = signal == 0 ? Ending.exited((status >> 8) & 0xFF) : .killed(signal)
    ending.withLock { $0 = result }
    return result
  }
}
