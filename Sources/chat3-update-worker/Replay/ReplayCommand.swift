import ArgumentParser
import Foundation
import Inspector
import Maintenance
import Operations
import Pipeline
import Timelines

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Handles timelines: files of events and state changes, one JSON object per line.",
    discussion: """
      Events make updates, which are stored; state lines ({"upsert": …}, {"delete": …}) change the store's state. \
      Bad lines are reported as FILE:LINE: reason and the others are still handled; the exit code is then 65. \
      Replaying again stores nothing twice, and completes a replay that was cut off.
      """)

  @Argument(
    help: ArgumentHelp("The timelines, in their order; - is standard input.", valueName: "file"),
    completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp("Where state and updates live: sqlite:PATH, memory: or mongodb://…", valueName: "url"))
  var store = StoreAddress.defaultFile

  @Option(
    help: ArgumentHelp(
      "Where updates are published: none, stdout (a JSON object per line) or amqp://…", valueName: "target"))
  var publish = PublishTarget.none

  @Flag(help: "Apply state lines to mongodb:// too; an embedded store always takes them.")
  var applyState = false

  @Flag(help: "Afterwards, serve pages about the updates, as web does, until SIGINT or SIGTERM.")
  var web = false

  @Option(help: ArgumentHelp("With --web: where to listen.", valueName: "host:port"))
  var listen = WebServing.usualAddress

  func validate() throws {
    if web, case .memory = store {
      throw ValidationError("--web shows a store that lasts; leave out --store memory:")
    }
    if web, case .stdout = publish {
      throw ValidationError(
        "--web prints its address on standard output, where --publish stdout writes messages; leave out one of them"
      )
    }
    if files.filter({ $0 == "-" }).count > 1 {
      throw ValidationError("- (standard input) can be named once only")
    }
  }

  func run() async throws {
    let size = try TimelineSource.size(of: files)
    let store = try await store.openForWriting()
    let publisher = try await publish.open()
    let progress = ReplayProgress(totalBytes: size)
    let badLines = BadLines { progress.interrupt(with: $0) }
    let takesState = store.takesState || applyState
    let source = TimelineSource(files: files, state: takesState ? store : nil, badLines: badLines)
    let pipeline = UpdatePipeline(
      directory: store, store: store, publisher: publisher, deadLetters: badLines, ledger: store.ledger,
      limits: store.limits)
    do {
      try await pipeline.run(source) { tally, unsendable in
        for update in unsendable {
          progress.interrupt(with: "update \(update.id) is not published: \(update.reason)")
        }
        progress.add(tally, bytesRead: await source.bytesRead)
      }
    } catch {
      await keep(progress.record(badLines: badLines.count, isComplete: false), in: store, progress)
      progress.finish(badLines: badLines.count, isComplete: false)
      // Where nothing is kept, it is no fault when a reader of the output has seen enough.
      if case .memory = self.store, (error as? TimelineError)?.code == .brokenPipe {
        throw Failure(badLines.count > 0 ? .badInput : .fine, "")
      }
      throw error
    }
    await keep(progress.record(badLines: badLines.count, isComplete: true), in: store, progress)
    progress.finish(badLines: badLines.count, isComplete: true)
    if let publisher = publisher as? any LivePublisher { await publisher.close() }
    try await store.finish()
    // Bad lines are no reason not to look at what the others have made.
    if web { try await WebServing(self.store, listen: listen, token: SafetyRules.makeToken()).run() }
    if badLines.count > 0 { throw Failure(.badInput, "") }
  }

  /// Keeps what the replay came to, for the inspector's overview. Where that fails, the replay has done its work all the
  /// same.
  private func keep(
    _ record: ReplayRecord, in store: any ReplayStore, _ progress: ReplayProgress
  ) async {
    do {
      try await store.journal?.note(record)
    } catch {
      progress.interrupt(with: "what the replay came to is not kept: \(Failure(error).message)")
    }
  }
}
