import Pipeline
import Updates

/// How a server fails in a simulation. All of it passes by itself.
struct SimulatedFault: ServerFault {
  let message: String
  var isRetryable: Bool { true }
  /// Only an operator wants to know, and a simulation has none.
  var isOfStore: Bool { false }
}

/// The process that has made a call does not exist any more. Its tasks learn this from every call that they make or
/// wait for, so that they end without doing anything.
struct ProcessEnded: Error {}
