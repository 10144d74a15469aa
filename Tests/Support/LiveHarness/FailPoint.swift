package import TestServers

/// Makes a server of MongoDB's protocol fail on request, as a MongoDB with `enableTestCommands` does.
package final class FailPoint: Sendable {
  /// What a command of the worker gets instead of its answer, or with it.
  package enum Failure: Sendable, CustomStringConvertible {
    /// An error with this code. The command is not run.
    case refusal(Int)
    /// The command is run, and the answer says with this code that the write may be lost again.
    case writeConcern(Int)
    /// The connection ends without an answer. The command is not run.
    case closedConnection
    /// The answer comes late, after this many milliseconds.
    case lateAnswer(Int)

    package var description: String {
      switch self {
      case .refusal(let code): "code \(code)"
      case .writeConcern(let code): "write concern error \(code)"
      case .closedConnection: "a closed connection"
      case .lateAnswer(let milliseconds): "an answer after \(milliseconds) ms"
      }
    }

    fileprivate var fields: String {
      switch self {
      case .refusal(let code): #""errorCode":\#(code)"#
      case .writeConcern(let code): #""writeConcernError":{"code":\#(code),"errmsg":"on request"}"#
      case .closedConnection: #""closeConnection":true"#
      case .lateAnswer(let milliseconds): #""blockConnection":true,"blockTimeMS":\#(milliseconds)"#
      }
    }
  }

  /// The name under which the worker's connections are known, so that those of the tests do not fail.
  private static let worker = "chat3-update-worker"

  private let admin: RawDatabase

  package init(_ server: MongoServer) throws {
    admin = try RawDatabase(uri: server.uri(database: "admin"), name: "admin")
  }

  /// Lets commands of the worker fail from now on.
  ///
  /// - Parameter times: How many fail; `nil` means all until ``clear()``.
  package func set(_ failure: Failure, of commands: [String], times: Int? = nil) throws {
    let names = commands.map { "\"\($0)\"" }.joined(separator: ",")
    let mode = times.map { #"{"times":\#($0)}"# } ?? #""alwaysOn""#
    try admin.run(
      #"{"configureFailPoint":"failCommand","mode":\#(mode),"data":{"failCommands":[\#(names)],"appName":"#
        + #""\#(Self.worker)",\#(failure.fields)}}"#)
  }

  package func clear() throws {
    try admin.run(#"{"configureFailPoint":"failCommand","mode":"off"}"#)
  }

  /// Makes the primary a secondary for some seconds.
  package func stepDown(seconds: Int) throws {
    try admin.run(#"{"replSetStepDown":\#(seconds),"force":true}"#)
  }
}
