import Pipeline
import Updates

/// All families of the worker. The page docs/metrics.md is held to this table by a test.
extension MetricFamily {
  package static let eventsReceived = worker(
    "events_received_total", .counter, "Events that the worker has taken from its queue.")
  package static let eventsRedelivered = worker(
    "events_redelivered_total", .counter, "Events among those received that were delivered before.")
  package static let eventsIgnored = worker(
    "events_ignored_total", .counter, "Events of types that make no updates.")
  package static let eventsHandled = MetricFamily(
    prefix + "events_handled_total", .counter, "event_type", EventType.self,
    "Events that were handled, by type.")
  package static let eventsBad = MetricFamily(
    prefix + "events_bad_total", .counter, "reason", BadEvent.Code.self,
    "Events that went to the dead letters, by what is wrong with them.")
  package static let updatesStored = MetricFamily(
    prefix + "updates_stored_total", .counter, "update_type", UpdateType.self,
    "Updates that were stored and were not there before, by type.")
  package static let updatesPublished = MetricFamily(
    prefix + "updates_published_total", .counter, "update_type", UpdateType.self,
    "Updates that RabbitMQ has confirmed to the rounds, by type. Those of the sweeps are counted apart.")
  package static let updatesDuplicate = worker(
    "updates_duplicate_total", .counter, "Updates that were stored before, and were left as they are.")
  package static let updatesUnsendable = worker(
    "updates_unsendable_total", .counter,
    "Stored updates that can never be published because of what they contain.")
  package static let updatesSwept = worker(
    "updates_swept_total", .counter, "Updates that a sweep of this worker has published.")
  package static let publishNacks = worker(
    "publish_nacks_total", .counter, "Messages that RabbitMQ has refused with a nack; they are sent again.")
  package static let retries = MetricFamily(
    prefix + "retries_total", .counter, "station", Station.self,
    "Times that a server has failed a station, so that its round is tried again.")
  package static let reconnects = MetricFamily(
    prefix + "reconnects_total", .counter, "peer", Peer.self,
    "Times that a server was reached again after it was lost.")
  package static let connected = MetricFamily(
    prefix + "connected", .gauge, "peer", Peer.self,
    "Whether the server answers: MongoDB, and RabbitMQ on each of its two connections.")
  package static let active = worker(
    "active", .gauge, "Whether this worker consumes the queue; 0 while it stands by.")
  package static let publishingBlocked = worker(
    "publishing_blocked", .gauge, "Whether RabbitMQ takes no messages for now.")
  package static let eventsInHand = worker(
    "events_in_hand", .gauge, "Events of the round that is being handled.")
  package static let updatesUnconfirmed = worker(
    "updates_unconfirmed", .gauge, "Messages handed to RabbitMQ whose confirm is outstanding.")
  package static let lag = worker(
    "lag_seconds", .gauge, "Age of the oldest event in hand, by its createdAt; 0 when there is none.")
  package static let queueMessages = worker(
    "queue_messages", .gauge, "Events in the queue that no worker has in hand; looked up every 15 s.")
  package static let queueConsumers = worker(
    "queue_consumers", .gauge, "Consumers of the queue; looked up every 15 s.")
  package static let deadLetters = worker(
    "dead_letters", .gauge, "Events in the dead letters; looked up every 15 s.")
  package static let updatesUnpublished = worker(
    "updates_unpublished", .gauge,
    "Stored updates over a minute old that can be sent and were never confirmed; looked up every 15 s among "
      + "the 10,000 oldest unconfirmed ones.")
  package static let lastBatch = worker(
    "last_batch_timestamp_seconds", .gauge,
    "When the last round was acknowledged, in seconds since 1970; 0 before the first.")
  package static let eventLag = worker(
    "event_lag_seconds",
    .histogram([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1800, 3600]),
    "Age of events, by their createdAt, when their round was acknowledged.")
  package static let stationDuration = MetricFamily(
    prefix + "station_duration_seconds",
    .histogram([0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]),
    "station", Station.self, "How long a station took for its part of a round or of a slice.")
  package static let eventRecipients = worker(
    "event_recipients", .histogram([1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000, 100_000]),
    "Recipients of the ordinary updates of an event.")
  package static let batchEvents = worker(
    "batch_events", .histogram([1, 2, 5, 10, 25, 50, 100, 200, 300]), "Events of a round.")

  /// The families that the worker's work is counted in.
  package static let ofWork: [MetricFamily] = [
    eventsReceived, eventsRedelivered, eventsIgnored, eventsHandled, eventsBad, updatesStored,
    updatesPublished, updatesDuplicate, updatesUnsendable, updatesSwept, publishNacks, retries, reconnects,
    connected, active, publishingBlocked, eventsInHand, updatesUnconfirmed, lag, queueMessages,
    queueConsumers, deadLetters, updatesUnpublished, lastBatch, eventLag, stationDuration, eventRecipients,
    batchEvents,
  ]

  /// 1, for a program of this version and this version of Swift.
  package static func buildInfo(version: String, swift: String) -> MetricFamily {
    MetricFamily(
      prefix + "build_info", .gauge, ["version", "swift"], [[version, swift]],
      "1; the labels say what was built with what.")
  }

  package static let processSeconds = MetricFamily(
    "process_cpu_seconds_total", .counter, "CPU time of the process, user and system, in seconds.")
  package static let processMemory = MetricFamily(
    "process_resident_memory_bytes", .gauge, "Resident memory of the process in bytes.")
  package static let processOpenFiles = MetricFamily(
    "process_open_fds", .gauge, "File descriptors that the process has open.")
  package static let processMostFiles = MetricFamily(
    "process_max_fds", .gauge, "File descriptors that the process may have open.")
  package static let processStart = MetricFamily(
    "process_start_time_seconds", .gauge, "When the process was started, in seconds since 1970.")

  /// The families that are read from `/proc`.
  package static let ofProcess: [MetricFamily] = [
    processSeconds, processMemory, processOpenFiles, processMostFiles, processStart,
  ]

  private static let prefix = "updateworker_"

  private static func worker(_ name: String, _ kind: Kind, _ help: String) -> MetricFamily {
    MetricFamily(prefix + name, kind, help)
  }
}
