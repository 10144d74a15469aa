import ArgumentParser
import Dispatch
import EmbeddedStore
import Foundation
import Pipeline
import Timelines

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Handles timelines: files of events and state changes, one JSON object per line.",
    discussion: """
      Events make updates, which are stored; state lines ({"upsert": …}, {"delete": …}) change the store's state. \
      Bad lines are reported as FILE:LINE: reason, the rest is handled all the same, and the exit code is then 65. \
      Replaying again stores nothing twice, and completes a replay that was cut off.
      """)

  enum PublishTarget: String, ExpressibleByArgument, CaseIterable {
    case none
    case stdout
  }

  @Argument(help: ArgumentHelp("Timelines in their order; - is standard input.", valueName: "file"))
  var files: [String]

  @Option(help: ArgumentHelp("Where state and updates live: sqlite:PATH or memory:.", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(help: "Where updates are published: none, or stdout (a JSON object per line).")
  var publish = PublishTarget.none

  func validate() throws {
    if files.filter({ $0 == "-" }).count > 1 {
      throw ValidationError("- (standard input) can be named once only")
    }
  }

  func run() async throws {
    let size = try TimelineSource.size(of: files)
    let store = try store.openForWriting()
    let progress = ReplayProgress(totalBytes: size)
    let badLines = BadLines { progress.interrupt(with: $0) }
    let source = TimelineSource(files: files, state: store, badLines: badLines)
    let pipeline = UpdatePipeline(
      directory: store, store: store,
      publisher: publish == .stdout ? LinePublisher(descriptor: STDOUT_FILENO) : nil,
      deadLetters: badLines, ledger: store, limits: .replay)
    do {
      try await pipeline.run(source) { tally, unsendable in
        for update in unsendable {
          progress.interrupt(with: "update \(update.id) is not published: \(update.reason)")
        }
        progress.add(tally, bytesRead: await source.bytesRead)
      }
    } catch {
      let failure = Failure(error)
      progress.finish(badLines: badLines.count, isComplete: failure.status == .fine)
      throw failure
    }
    progress.finish(badLines: badLines.count, isComplete: true)
    try store.close()
    if badLines.count > 0 { throw Failure(.badInput, "") }
  }
}
