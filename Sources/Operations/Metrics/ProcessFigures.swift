import Foundation

/// What the operating system tells of this process; `nil` where it tells nothing.
package struct ProcessFigures: Sendable {
  /// User and system time in seconds.
  package var cpu: Double?
  /// In bytes.
  package var residentMemory: Double?
  package var openFiles: Double?
  package var mostFiles: Double?
  /// In seconds since 1970.
  package var started: Double?

  /// Reads them now.
  package init() {
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      cpu = usage.ru_utime.seconds + usage.ru_stime.seconds
    }
    residentMemory = Self.residentPages().map { Double($0 * Self.pageSize) }
    openFiles = Self.descriptors()
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      mostFiles = Double(limit.rlim_cur)
    }
    started = Self.start
  }

  /// Families and values; those that are not known are left out.
  var values: [(family: FamilyText, value: Double)] {
    zip(Self.texts, [cpu, residentMemory, openFiles, mostFiles, started]).compactMap {
      family, value in value.map { (family, $0) }
    }
  }

  private static let pageSize = sysconf(Int32(_SC_PAGESIZE))

  /// The second field of `/proc/self/statm` (proc_pid_statm(5)).
  private static func residentPages() -> Int? {
    let fields = (memory >= 0 ? line(of: memory) : text("/proc/self/statm"))?.split(
      separator: " ", maxSplits: 2)
    return fields.flatMap { $0.count > 1 ? Int($0[1]) : nil }
  }

  /// `/proc/self/statm`, open to the end of the process, because every scrape reads it and most of the time would go into
  /// opening it; negative where it cannot be opened.
  private static let memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)

  /// A file of `/proc` that has one short line, as it is now.
  private static func line(of descriptor: Int32) -> String {
    let bytes = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let texts = MetricFamily.ofProcess.map(FamilyText.init)

  /// When the process was started: `btime` of `/proc/stat`, when the machine was, and the 22nd field of
  /// `/proc/self/stat`. It does not change, and the first is a long text, so both are read once.
  private static let start: Double? = {
    let booted = text("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
      .flatMap { Double($0.dropFirst(6)) }
    // The name in parentheses may hold spaces; what follows is counted from the third field on.
    let fields = text("/proc/self/stat").flatMap { text in
      text.lastIndex(of: ")").map { text[text.index(after: $0)...].split { $0 == " " || $0 == "\n" } }
    }
    guard let booted, let fields, fields.count > 19, let ticks = Double(fields[19]) else { return nil }
    return booted + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }()

  private static func descriptors() -> Double? {
    let folder = "/proc/self/fd"
    // Since Linux 6.2 its size is their number (proc_pid_fd(5)); before, it is 0.
    var facts = stat()
    if stat(folder, &facts) == 0, facts.st_size > 0 { return Double(facts.st_size) }
    // A process that may not list its descriptors has no count of them.
    return (try? FileManager.default.contentsOfDirectory(atPath: folder)).map { Double($0.count) }
  }

  /// A file of `/proc`; `nil` where there is none. It is read without Foundation, which would bring 700 kB of its code
  /// into memory for this alone and take longer, with every scrape.
  private static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text: [UInt8] = []
    while true {
      let part = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
      }
      if part.isEmpty { return String(decoding: text, as: UTF8.self) }
      text += part
    }
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
