import Foundation

/// What other processes of the machine could learn of this one's credentials.
enum ProcessSecrets {
  /// Keeps credentials out of `ps`, and the whole memory out of core files. To be called first of all.
  static func protect() {
    // Read into memory of Swift's own before the original is overwritten.
    let arguments = CommandLine.arguments
    if arguments.contains(where: { ArgumentMask(of: Array($0.utf8)) != nil }) { maskArguments() }
    refuseCoreFiles()
  }

  /// Overwrites the credentials in the memory that `/proc/PID/cmdline` shows.
  ///
  /// Where that memory lies is known from `/proc/self/stat` (proc(5), `arg_start` and `arg_end`): `CommandLine` holds
  /// copies. Where the kernel does not tell, or something else lies there, nothing is touched.
  private static func maskArguments() {
    guard let shown = FileManager.default.contents(atPath: "/proc/self/cmdline"),
      let stat = FileManager.default.contents(atPath: "/proc/self/stat"),
      // The name of the program, in brackets, may hold anything; the fields after it count from 3.
      let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " "),
      fields.count > 46, let start = UInt(fields[45]), let end = UInt(fields[46]),
      end > start, end - start == UInt(shown.count),
      let base = UnsafeMutableRawPointer(bitPattern: start)
    else { return }
    let memory = UnsafeMutableRawBufferPointer(start: base, count: shown.count)
    guard memory.elementsEqual(shown) else { return }
    for argument in memory.split(separator: 0) {
      guard let mask = ArgumentMask(of: Array(argument)) else { continue }
      for offset in mask.hidden { memory[argument.startIndex + offset] = UInt8(ascii: "*") }
    }
  }

  /// A limit of one byte: Linux writes no core file and, other than at zero, starts no program that is to receive
  /// one either (core(5)). The hard limit stays, so that `prlimit` can allow one.
  private static func refuseCoreFiles() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(1, limit.rlim_max)
    // A limit can always be lowered.
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
  }
}
