import Pipeline

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

    package init() {}
  }

  /// Whether topology and indexes have been there once.
  package var isStarted = false
  package var isStopping = false
  /// What the worker waits for before it tries its round again; `nil` when it does not wait.
  package var waitsFor: Waiting?
  /// Whether the loop waits for something that may take any time.
  package var isPaused = false
  /// When the loop was last seen to go on.
  package var passed = 0.0
  package var role: Role?
  package var consume = Link()
  package var publish = Link()
  package var store = Store()

  /// An outage that the worker waits out.
  package struct Waiting: Sendable {
    /// The server that has failed, as far as that is known.
    package var peer: Peer?

    package init(peer: Peer? = nil) { self.peer = peer }
  }

  package init() {}
}
