import Maintenance
import Pipeline
import Synchronization
import Updates

/// Reports the bad events of an archive, where a queue would have dead letters.
struct ReportedBadEvents: DeadLetters {
  let source: ArchivedEventSource
  let progress: BackfillProgress

  func bury(_ delivery: Delivery, because error: BadEvent) async {
    progress.report(await source.name(of: delivery.tag), error)
  }
}
