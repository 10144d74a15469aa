import ArgumentParser
import Foundation
import MongoStore

@main
struct UpdateWorker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat3-update-worker",
    abstract: "Turns Chat3 events into personalised updates, one per recipient.",
    discussion: """
      Exit codes: 0 success, 64 wrong usage or configuration, 65 bad input, 69 something that is needed could not be \
      reached or used, 70 an internal error.
      """,
    version: Version.report,
    subcommands: [
      RunCommand.self, ReplayCommand.self, InspectCommand.self, WebCommand.self,
      RepublishCommand.self, DeadLettersCommand.self, BackfillCommand.self, VerifyCommand.self,
      PruneCommand.self,
      RecordCommand.self, ConfigCommand.self, DoctorCommand.self,
    ])

  static func main() async {
    ProcessSecrets.protect()
    MongoLibrary.start()
    // A reader of our output that goes away ends a write with an error instead of the whole process.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try await parsedCommand()
      if var asyncCommand = command as? any AsyncParsableCommand {
        try await asyncCommand.run()
      } else {
        try command.run()
      }
    } catch let error where Failure.isOwn(error) {
      let failure = Failure(error)
      // Mistakes in the settings are told all at once.
      for line in failure.message.split(separator: "\n") { printError("chat3-update-worker: \(line)") }
      endProcess(failure.status)
    } catch {
      // ArgumentParser's own: usage, help, version. It quotes values that make no sense.
      let message = ArgumentMask.hiding(CommandLine.arguments, in: fullMessage(for: error))
      let status = exitCode(for: error)
      if !message.isEmpty {
        if status.isSuccess { print(message) } else { printError(message) }
      }
      endProcess(status.rawValue)
    }
    endProcess(.fine)
  }

  private static func parsedCommand() async throws -> any ParsableCommand { try parseAsRoot() }
}

/// Writes one line to standard error.
func printError(_ line: String) {
  FileHandle.standardError.write(Data((line + "\n").utf8))
}
