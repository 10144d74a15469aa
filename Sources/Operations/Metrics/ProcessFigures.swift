import Foundation

/// What `/proc` tells of this process; `nil` where it tells nothing.
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
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    // The name in parentheses may hold spaces; what follows is counted from the third field on.
    let fields = Self.text("/proc/self/stat").flatMap { $0.split(separator: ")").last }?
      .split(separator: " ").map { Double($0) }
    func field(_ number: Int) -> Double? {
      guard let fields, fields.count > number - 3 else { return nil }
      return fields[number - 3]
    }
    if let user = field(14), let system = field(15) { cpu = (user + system) / ticks }
    residentMemory = field(24).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
    // A process that may not list its descriptors has no count of them.
    openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map {
      Double($0.count)
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      mostFiles = Double(limit.rlim_cur)
    }
    if let booted = Self.text("/proc/stat").flatMap(Self.booted), let since = field(22) {
      started = booted + since / ticks
    }
  }

  /// Families and values; those that are not known are left out.
  package var values: [(family: MetricFamily, value: Double)] {
    zip(MetricFamily.ofProcess, [cpu, residentMemory, openFiles, mostFiles, started]).compactMap {
      family, value in value.map { (family, $0) }
    }
  }

  /// `btime` of `/proc/stat`: when the machine was started.
  private static func booted(_ text: String) -> Double? {
    text.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
  }

  private static func text(_ path: String) -> String? {
    // Where there is no such file, the figure is not told.
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
