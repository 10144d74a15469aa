import Synchronization

/// What was done lately, under names that nobody can guess: a link to the page cannot make it say what did not happen.
final class ActionReceipts: Sendable {
  private static let most = 100

  private let receipts = Mutex<[(name: String, sentence: String)]>([])

  /// Keeps a sentence; returns its name.
  func keep(_ sentence: String) -> String {
    let name = SafetyRules.makeToken()
    receipts.withLock { receipts in
      receipts.append((name, sentence))
      if receipts.count > Self.most { receipts.removeFirst() }
    }
    return name
  }

  /// The sentence of this name, if it is one of the last.
  func sentence(_ name: String) -> String? {
    receipts.withLock { $0.first { $0.name == name }?.sentence }
  }
}
