package import Pipeline

/// What is known of a worker that runs. All times are seconds since its start.
package struct HealthFacts: Sendable {
  package enum Role: String, Sendable {
    /// The worker consumes the queue.
    case active
    /// Another worker consumes it, and this one waits for its turn.
    case standby
  }

  /// A connection to RabbitMQ.
  package struct Link: Sendable {
    package var isConnected = false
    /// Why the connection was lost or could not be made, at last.
    package var fault: String?
    /// Why RabbitMQ takes no messages; `nil` while it does.
    package var blocked: String?

    package init() {}
  }

  /// The database.
  package struct Store: Sendable {
    /// When it has last answered.
    package var answered: Double?
    /// When it was asked for what it has not answered yet.
    package var asked: Double?
    /// Why the last call failed; `nil` when it has succeeded.
    package var fault: String?
    /// Why a call failed last, even if others have succeeded since.
    package var lastFault: String?
    /// How long it takes to answer a question: the slowest of the last answers, which counts less with each one that
    /// follows.
    private var answerTime = 0.0

    package init() {}

    /// It has answered what it was asked for.
    package mutating func answer(at time: Double) {
      if let asked { answerTime = max(time - asked, answerTime * 0.9) }
      (answered, asked, fault) = (time, nil, nil)
    }

    /// A database that has owed an answer for longer counts as gone; errors count at once. It is more than the answers
    /// take, so that one that is slow, but there, does not come and go with every answer; and not much more, so that one
    /// whose answers take up to half a second shows within a second when it falls silent.
    package var patience: Double { min(max(0.5, answerTime * 1.5), 3) }
  }

  /// Whether topology and indexes have been there once.
  package var isStarted = false
  package var isStopping = false
  /// The server that has failed, which the worker waits for before it tries again; `nil` when it does not wait.
  package var waitsFor: Peer?
  /// Whether the loop waits for something that may take any time.
  package var isPaused = false
  /// When the loop was last seen to go on.
  package var passed = 0.0
  package var role: Role?
  package var consume = Link()
  package var publish = Link()
  package var store = Store()

  package init() {}
}
