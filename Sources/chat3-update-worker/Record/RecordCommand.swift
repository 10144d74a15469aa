import ArgumentParser
import Foundation
import Maintenance
import MongoStore
import Operations
import Pipeline
import RabbitBroker
import Timelines
import Updates

struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records events as they are published, as a timeline that can be replayed.",
    discussion: """
      It taps the exchange of the events by a queue of its own and does not disturb the worker. It ends on SIGINT or \
      SIGTERM, after --duration, or after --limit events, and then says what it has recorded and what it has missed. \
      A recording holds what users write: a new file can be read by its owner only, and --mask hides the text of fields.

      With --with-state the state that the events need is recorded too, as MongoDB has it when they come. Replayed \
      anywhere, the recording then gives the updates that the live worker has made.
      """)

  @Option(
    help: ArgumentHelp(
      "Only events whose routing key {entityType}.{action}.{tenantId} matches this AMQP topic pattern.",
      valueName: "pattern"))
  var match = "#"

  @Option(help: "Only events of this tenant.")
  var tenant: String?

  @Option(help: "Only events of this dialog.")
  var dialog: String?

  @Option(help: ArgumentHelp("How long to record: 30s, 15m, 2h, 1d.", valueName: "duration"))
  var duration: Age?

  @Option(help: ArgumentHelp("How many events to record at most.", valueName: "count"))
  var limit: Int?

  @Flag(help: "Record the state that the events need, too; this reads MongoDB.")
  var withState = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Fields whose text is replaced by as many x: data.message.content in events, content in records of the state.",
      valueName: "field"))
  var mask: [String] = []

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"), completion: .file())
  var output = "-"

  @Flag(help: "Overwrite the file if it exists.")
  var force = false

  @Flag(name: Setting.wait.argumentName, inversion: .prefixedNo, help: Setting.wait.argumentHelp)
  var wait: Bool?

  @OptionGroup var mongo: MongoSettings
  @OptionGroup var broker: BrokerSettings

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a count from 1 on") }
    if let duration, duration.seconds < 1 { throw ValidationError("--duration takes a time from 1s on") }
    if match.utf8.count > 255 { throw ValidationError("--match takes a pattern of at most 255 bytes") }
  }

  func run() async throws {
    let mask = try fieldMask()
    let waits = try Settings(flags: [(.wait, wait.map(String.init))]).isOn(.wait)
    let broker = try broker.configuration()
    let store = withState ? MongoStore(try mongo.configuration()) : nil
    let writer = try writer()
    let progress = RecordProgress(hasState: withState)
    let recorder = EventRecorder(
      tap: BrokerEventTap(broker, pattern: match), state: store.map { ($0, $0) },
      selection: EventSelection(
        tenantId: tenant.map(Identifier.init), dialogId: dialog.map(Identifier.init)),
      mask: mask, limit: limit, waits: waits, prepareState: { try await store?.ping() },
      write: { try await writer.write($0) }, notice: { progress.note($0) })
    do {
      try await closing {
        _ = try await interruptible {
          try await recorder.stop()
        } _: {
          try await record(with: recorder)
        }
      } finally: {
        await store?.close()
      }
    } catch {
      progress.finish(await recorder.tally)
      throw error
    }
    progress.finish(await recorder.tally)
  }

  /// Records until the end, or until the time is over.
  private func record(with recorder: EventRecorder) async throws {
    let duration = duration
    let timer = Task {
      guard let duration else { return }
      try await Task.sleep(for: .seconds(duration.seconds))
      // What this throws also ends the recording itself, which tells of it.
      try await recorder.stop()
    }
    defer { timer.cancel() }
    try await recorder.run()
  }

  private func fieldMask() throws -> RecordingMask {
    do throws(RecordingMask.Refusal) {
      return try RecordingMask(mask)
    } catch {
      throw Failure(.usage, error.message)
    }
  }

  private func writer() throws -> TimelineWriter {
    if output == "-" { return TimelineWriter() }
    do throws(TimelineError) {
      return try TimelineWriter(path: output, overwrites: force)
    } catch {
      guard error.code == .exists else { throw error }
      throw Failure(.usage, "\(error.message); name another file, or overwrite it with --force")
    }
  }
}
