import Maintenance
import ArgumentParser
import MongoStore
import Pipeline
import Synchronization
import UnixSignals
import Updates

struct PruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Deletes old published updates, a few at a time.",
    discussion: """
      Updates that were never confirmed stay, however old they are. An event whose updates were deleted would make them \
      anew if it came again. So nothing younger than two hours is deleted, which is twice as long as the queue keeps \
      events, and a backfill must not reach back beyond the last prune.
      """)

  /// Twice the time to live of the queue's events (spec section 7).
  private static let youngest = Age(seconds: 7200)

  @Option(help: ArgumentHelp("Delete what was made at least this long ago: 30d, 12h.", valueName: "age"))
  var olderThan: Age

  @Option(help: "Only of this tenant.")
  var tenant: String?

  @Flag(help: "Only count them; delete nothing.")
  var dryRun = false

  @OptionGroup var mongo: MongoSettings

  func validate() throws {
    if olderThan.seconds < Self.youngest.seconds {
      throw ValidationError(
        "--older-than \(olderThan) is too short: events of the last hour may come again and would make the updates anew; "
          + "\(Self.youngest) is the least")
    }
  }

  func run() async throws {
    let store = MongoStore(try mongo.configuration())
    let prune = UpdatePrune(store, store)
    let before = olderThan.ago(from: UpdateClock().now())
    let status = StatusLine(plainPause: .seconds(10))
    let total = Mutex(0)
    let what = dryRun ? "to delete" : "deleted"
    let isDryRun = dryRun
    let tenantId = tenant.map(Identifier.init)
    func finish(isComplete: Bool) {
      let count = total.withLock { $0 }
      var summary = Summary()
      summary.add(what, count)
      summary.add(seconds: status.elapsed, count, of: "updates")
      if !isComplete { summary.add("Not complete: the same command goes on.") }
      status.say(summary.text)
    }
    let signal: UnixSignal?
    do {
      signal = try await closing {
        try await interruptible {
          prune.stop()
        } _: {
          try await prune.run(before: before, of: tenantId, isDryRun: isDryRun) { more in
            let count = total.withLock { total in
              total += more
              return total
            }
            status.show { "\(grouped(count)) updates \(what)" }
          }
        }
      } finally: {
        await store.close()
      }
    } catch {
      finish(isComplete: false)
      throw error
    }
    finish(isComplete: signal == nil)
    if let signal { Shutdown.die(of: signal) }
  }
}
