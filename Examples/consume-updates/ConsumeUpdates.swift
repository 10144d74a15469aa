import ArgumentParser
import Foundation

/// Prints what a gateway would pass on to one connected user. It shows the three things that every consumer of
/// updates has to do (docs/consumers.md): bind a queue of its own, drop what belongs to another tenant or user,
/// and drop what it has seen before.
@main
struct ConsumeUpdates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consume-updates",
    abstract: "Prints the updates of one user, one line for each, as they arrive.")

  @Option(help: "The server (RABBITMQ_URL).")
  var url = ProcessInfo.processInfo.environment["RABBITMQ_URL"] ?? "amqp://guest:guest@localhost:5672/%2F"

  @Option(help: "The exchange of the updates (RABBITMQ_UPDATES_EXCHANGE).")
  var exchange = ProcessInfo.processInfo.environment["RABBITMQ_UPDATES_EXCHANGE"] ?? "chat3_updates"

  @Option var tenant: String
  @Option var user: String

  @Option(help: "The type of the user's record, which the routing key names.")
  var userType = "user"

  @Option(help: "Tells the connections of one user apart.")
  var connection = "1"

  @Option(help: "End after this many updates; 0: never.")
  var count = 0

  func validate() throws {
    if (user + userType).contains(where: { "*#".contains($0) }) {
      throw ValidationError(
        "A user id that holds * or # cannot stand in a binding: bind update.# and filter by the headers instead."
      )
    }
  }

  func run() throws {
    let queue = "user_\(user)_conn_\(connection)_updates"
    let consumer = try UpdateConsumer(url: url)
    try consumer.declare(queue, boundTo: exchange, by: "update.*.\(userType).\(user).*")
    try consumer.consume(queue)
    print("waiting for updates in \(queue)", to: .standardError)
    var seen = SeenMessages()
    var shown = 0
    while count == 0 || shown < count {
      let message = try consumer.next()
      // The routing key does not name the tenant, and dots in ids make the keys of two users equal.
      let isMine = message.headers["tenantId"] == tenant && message.headers["userId"] == user
      if isMine, seen.isNew(message.id) {
        let update = try JSONDecoder().decode(Update.self, from: message.body)
        print("\(message.id) \(message.type) \(update.eventType) \(update.entityId)", to: .standardOutput)
        shown += 1
      }
      // Only now: an update that was not passed on comes again.
      try consumer.acknowledge(message)
    }
  }

  /// The fields of an update that are shown.
  private struct Update: Decodable {
    let eventType: String
    let entityId: String
  }

  private func print(_ line: String, to file: FileHandle) {
    file.write(Data((line + "\n").utf8))
  }
}
