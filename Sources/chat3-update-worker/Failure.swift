import ArgumentParser
import EmbeddedStore
import Operations
import Pipeline
import Timelines

/// What ends a command: one plain sentence and an exit code.
struct Failure: Error {
  let status: ExitStatus
  /// Empty where all has been said.
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// Gives an error of the rooms below its exit code.
  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as SettingFault: self.init(.usage, error.message)
    case let error as EmbeddedStoreError:
      switch error.code {
      case .missing, .unusable, .readOnly: self.init(.usage, error.message)
      default: self.init(.unavailable, error.message)
      }
    case let error as EndpointError: self.init(.unavailable, error.message)
    case let error as any ServerFault:
      self.init(error.isRetryable ? .unavailable : .usage, error.message)
    case let error as TimelineError:
      self.init(error.code == .input ? .usage : .unavailable, error.message)
    default: self.init(.fault, "an unexpected fault: \(error)")
    }
  }

  /// Whether the error comes from the rooms below, not from the parsing of arguments.
  static func isOwn(_ error: any Error) -> Bool {
    !(error is CleanExit || error is ValidationError || error is ExitCode)
      && !String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
