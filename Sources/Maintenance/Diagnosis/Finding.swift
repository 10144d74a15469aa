/// What one check of `doctor` has come to.
package struct Finding: Sendable, Equatable {
  /// What the check is about, in the order of the report.
  package enum Section: String, Sendable, CaseIterable {
    case configuration = "Configuration"
    case database = "MongoDB"
    case broker = "RabbitMQ"
    case data = "Data"
  }

  package enum Severity: String, Sendable {
    case ok
    /// The worker runs, but something is, or may become, worse than it should be.
    case warning
    /// The worker does not run, or not as it promises to.
    case failure
  }

  package let section: Section
  /// A name of a word or two, which other programs may look for.
  package let check: String
  package let severity: Severity
  /// One sentence, without credentials.
  package let sentence: String
  /// What to do; `nil` when nothing is to be done, or the sentence says it.
  package let remedy: String?

  package init(
    _ section: Section, _ check: String, _ severity: Severity, _ sentence: String, remedy: String? = nil
  ) {
    self.section = section
    self.check = check
    self.severity = severity
    self.sentence = sentence
    self.remedy = remedy
  }
}

/// The findings of one section, as they come.
struct FindingList {
  let section: Finding.Section
  private(set) var all: [Finding] = []

  init(_ section: Finding.Section) { self.section = section }

  mutating func ok(_ check: String, _ sentence: String) {
    all.append(Finding(section, check, .ok, sentence))
  }

  mutating func warn(_ check: String, _ sentence: String, remedy: String? = nil) {
    all.append(Finding(section, check, .warning, sentence, remedy: remedy))
  }

  mutating func fail(_ check: String, _ sentence: String, remedy: String? = nil) {
    all.append(Finding(section, check, .failure, sentence, remedy: remedy))
  }

  /// Whether a server answers, and whether its version is one that the worker knows.
  mutating func reach(
    _ server: String, at location: String, unreachable: String?, version: Answer<String>?, least: String
  ) {
    if let unreachable {
      fail("reachable", unreachable)
    } else {
      ok("reachable", "\(server) at \(location) answers.")
      ServerVersion.finding(version, least: least, of: server, &self)
    }
  }

  /// A server that went away in the middle of the examination, for the given reason, if it did.
  mutating func interrupted(_ server: String, _ reason: String?) {
    guard let reason else { return }
    fail(
      "reachable", "\(server) stopped answering while doctor looked: \(reason)",
      remedy: "See the log of \(server), and call doctor again.")
  }

  mutating func add(_ findings: [Finding]) { all += findings }
}
