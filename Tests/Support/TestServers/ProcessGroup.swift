import Foundation
import Synchronization

/// A shell script and everything that it starts, as one process group. It ends with this process, however
/// that process ends, because the shell waits until a pipe closes that this process holds open.
final class ProcessGroup: Sendable {
  private let leader: pid_t
  private let lifeline: Int32
  private let isEnded = Mutex(false)

  /// Runs `script` with only these variables in its environment; output goes to `log`.
  init(script: String, environment: [String: String], log: String) throws {
    var pipe: [Int32] = [0, 0]
    // The pipe is close-on-exec from the start, so that no other server can inherit the lifeline of this one.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pipe) == 0 else {
      throw TestServerError("cannot make a pipe: errno \(errno)")
    }
    defer { close(pipe[0]) }
    lifeline = pipe[1]

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipe[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of Dispatch block signals. The script must not inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    posix_spawnattr_setpgroup(&attributes, 0)

    let guarded = script + "\nread _ || :\nkill -KILL 0\n"
    let arguments = Self.cStrings(["/bin/sh", "-c", guarded])
    let variables = Self.cStrings(environment.map { "\($0.key)=\($0.value)" })
    defer { (arguments + variables).forEach { free($0) } }
    var leader: pid_t = 0
    let status = posix_spawn(&leader, "/bin/sh", &actions, &attributes, arguments, variables)
    guard status == 0 else {
      close(lifeline)
      throw TestServerError("cannot start a shell: errno \(status)")
    }
    self.leader = leader
  }

  deinit { end(SIGKILL) }

  /// Copies that the caller frees, with nil at the end.
  private static func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }

  /// Sends a signal to the whole group. Later calls do nothing.
  func end(_ signal: Int32) {
    let isFirst = isEnded.withLock { isEnded in
      defer { isEnded = true }
      return !isEnded
    }
    guard isFirst else { return }
    killpg(leader, signal)
    var status: Int32 = 0
    waitpid(leader, &status, 0)
    close(lifeline)
  }
}
