import Logging
import Pipeline

/// The table of settings: each setting and each default stands here and nowhere else.
extension Setting {
  private static let workerCommands = ["run", "doctor"]
  private static let databaseCommands =
    workerCommands + ["republish", "backfill", "verify", "prune", "record"]
  private static let brokerCommands =
    workerCommands + ["republish", "backfill", "verify", "dead-letters", "record", "web"]

  package static let mongodbURI = Setting(
    flag: "mongodb-uri", variable: "MONGODB_URI", standard: "mongodb://localhost:27017/chat3", .serverURL,
    "Where MongoDB is. The database is the one that the URI names, or else chat3.",
    details: """
      It takes the options of libmongoc (`tls=true`, `tlsCAFile`, `replicaSet`, `w`, …). The worker sets those that the
      URI leaves open: server selection 5 s, connect 5 s, socket 20 s, a look at the state of every server once a second
      (`heartbeatFrequencyMS`), write concern majority within 10 s. For a replica set, name several of its members, and
      the set in `replicaSet`.
      """,
    commands: databaseCommands)

  package static let updatesCollection = Setting(
    flag: "updates-collection", variable: "UPDATE_WORKER_UPDATES_COLLECTION", standard: "updates",
    .name(longest: 100), "The collection of MongoDB that updates are stored in.",
    details: """
      Another one is for [a trial beside another worker](coming-from-node.md). `inspect` and `replay` read the variable
      too, for `--store mongodb://…`, and have no flag for it.
      """,
    commands: databaseCommands)

  package static let rabbitmqURL = Setting(
    flag: "rabbitmq-url", variable: "RABBITMQ_URL", standard: "amqp://guest:guest@localhost:5672/",
    .serverURL,
    "Where RabbitMQ is; amqps:// for TLS. Credentials and virtual host are percent-encoded.",
    details: """
      The nodes of a cluster are separated by commas, each with a port or without: `amqp://user:password@a,b:5673,c/vhost`.
      User, password, virtual host and options are the same for all of them. For each connection the worker tries one after
      the other, in a random order, for 5 s each at most (or `connection_timeout`); a connection that was lost is made
      again with the other hosts first. From one of several hosts it waits 5 s for each answer instead of 20 s, and 10 s
      instead of 30 s for any confirm.

      Options follow a `?`: `cacertfile`, `certfile`, `keyfile` (paths of PEM files), `verify` (`verify_peer`, the
      default, or `verify_none`), `heartbeat` (seconds, default 20), `connection_timeout` (milliseconds, default 10000).
      """,
    commands: brokerCommands)

  package static let eventsExchange = Setting(
    flag: "events-exchange", variable: "RABBITMQ_EVENTS_EXCHANGE", standard: "chat3_events",
    .name(longest: 255), "The exchange that events come from.", commands: brokerCommands)

  package static let updatesExchange = Setting(
    flag: "updates-exchange", variable: "RABBITMQ_UPDATES_EXCHANGE", standard: "chat3_updates",
    .name(longest: 255), "The exchange that updates go to.",
    details: "`replay --publish amqp://…` reads the variable too, and has no flag for it.",
    commands: brokerCommands)

  package static let queue = Setting(
    flag: "queue", variable: "UPDATE_WORKER_QUEUE", standard: "update_worker_queue",
    // RabbitMQ takes 255 bytes, of which `.sweep` needs six.
    .name(longest: 249), "The worker's queue; bad events go to the queue of this name plus .dead.",
    commands: brokerCommands)

  package static let queueType = Setting(
    flag: "queue-type", variable: "UPDATE_WORKER_QUEUE_TYPE", standard: "classic",
    .word(["classic", "quorum"]), "What the worker's queue and the dead letters are.",
    details: """
      A quorum queue keeps each event on a majority of a cluster's nodes; RabbitMQ must be 3.10 or later. A queue that
      exists never changes its type: [Quorum queues](quorum-queues.md) tells how to go over to one without losing an
      event, and which delivery limit it needs.
      """,
    commands: brokerCommands)

  package static let topology = Setting(
    flag: "topology", variable: "UPDATE_WORKER_TOPOLOGY", standard: "declare",
    .word(["declare", "passive"]),
    "Whether exchanges, queues and binding are declared, or taken as they are.",
    details: """
      With `passive` nothing is declared that outlives a connection. Both exchanges and both queues must be there, or
      the command ends with 64; whether the queue is bound is not seen. Any properties will do, so another time to live
      or a limited length is possible. `UPDATE_WORKER_QUEUE_TYPE` must say what the queue is all the same, for the sake
      of `--exclusive`. [What it needs](operating.md#what-it-needs) says what to declare.
      """,
    commands: brokerCommands)

  package static let prefetch = Setting(
    flag: "prefetch", variable: "UPDATE_WORKER_PREFETCH", standard: "\(PipelineLimits().openEvents)",
    .count(1...65_535), "The most events in hand: the back-pressure of the whole worker.",
    commands: workerCommands)

  package static let graceSeconds = Setting(
    flag: "grace-seconds", variable: "UPDATE_WORKER_GRACE_SECONDS", standard: "25", .seconds(0...86_400),
    "How long a shutdown may take to finish the events in hand.", commands: workerCommands)

  package static let sweepSeconds = Setting(
    flag: "sweep-seconds", variable: "UPDATE_WORKER_SWEEP_SECONDS", standard: "60", .seconds(0...86_400),
    "How often to look for stored updates that were never confirmed; 0: never.", commands: workerCommands)

  package static let http = Setting(
    flag: "http", variable: "UPDATE_WORKER_HTTP",
    otherwise: "the first free port of \(EndpointSetting.usualHost):\(EndpointSetting.usualPorts.lowerBound) "
      + "to \(EndpointSetting.usualPorts.upperBound)", .address,
    "Where health, metrics and status are served; port 0 is any free one.",
    details: "[Health and metrics](operating.md#health-and-metrics) says what is served.",
    commands: workerCommands)

  package static let logLevel = Setting(
    flag: "log-level", variable: "LOG_LEVEL", standard: "info", .word(Logger.Level.allCases.map(\.rawValue)),
    "The least level that is logged.",
    commands: workerCommands)

  package static let logFormat = Setting(
    flag: "log-format", variable: "LOG_FORMAT", otherwise: "text on a terminal, else json",
    .word(LogFormat.allCases.map(\.rawValue)),
    "How it is logged: text is for people, json for programs, one object per line.", commands: workerCommands)

  package static let exclusive = Setting(
    flag: "exclusive", standard: "false", .toggle,
    "Let only one worker at a time consume the queue; the others stand by.", commands: workerCommands)

  package static let wait = Setting(
    flag: "wait", standard: "true", .toggle,
    "Wait for servers that are down, at the start too; without it, exit with 69.",
    commands: workerCommands + ["backfill", "record"])

  /// All rows, in the order in which they are shown.
  package static let all = [
    mongodbURI, updatesCollection, rabbitmqURL, eventsExchange, updatesExchange, queue, queueType,
    topology, prefetch,
    graceSeconds, sweepSeconds,
    http, logLevel, logFormat, exclusive, wait,
  ]
}
