import Synchronization

/// What several ends were asked to do, in the order in which they were asked.
package final class Journal: Sendable {
  private let noted = Mutex<[String]>([])

  package init() {}

  /// One line for each call: `insert a b`.
  package var lines: [String] { noted.withLock { $0 } }

  package func note(_ words: String...) { note(words) }

  package func note(_ words: [String]) {
    noted.withLock { $0.append(words.joined(separator: " ")) }
  }
}
