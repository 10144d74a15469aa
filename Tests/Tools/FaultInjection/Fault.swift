import TestServers

/// A fault, and how a round with it is played.
package struct Fault: Sendable, CustomStringConvertible {
  /// What happens, in words.
  package let name: String
  /// How often it strikes in a round of the long form. In the short form it strikes once.
  package let strikes: Int
  /// The long form plays this many times the rounds that it is told to play.
  package let weight: Int
  let order: Verdict.Order
  /// How many percent of the events are earlier ones that are sent again.
  let repeats: Int
  /// How many members the dialog has to which the first event goes; 0 for no such dialog.
  let crowd: Int
  /// Which server of MongoDB's protocol the fault needs.
  let server: MongoProgram
  /// Whether RabbitMQ is a cluster, with quorum queues.
  let needsCluster: Bool
  /// Whether the short form leaves the fault out, because it lasts too long.
  let isLong: Bool
  let strike: @Sendable (Round) async throws -> Void

  init(
    _ name: String, strikes: Int = 1, weight: Int = 1, order: Verdict.Order = .all, repeats: Int = 0,
    crowd: Int = 0,
    server: MongoProgram = .fast, needsCluster: Bool = false, isLong: Bool = false,
    _ strike: @escaping @Sendable (Round) async throws -> Void
  ) {
    self.name = name
    self.strikes = strikes
    self.weight = weight
    self.order = order
    self.repeats = repeats
    self.crowd = crowd
    self.server = server
    self.needsCluster = needsCluster
    self.isLong = isLong
    self.strike = strike
  }

  package var description: String { name }

  /// Every fault, in the order of the table.
  package static let all =
    workerFaults + serverFaults + refusalFaults + brokerFaults + networkFaults + [deliveries, noSpace]
    + clusterFaults

  /// The faults that the short form plays.
  package static let short = all.filter { !$0.isLong }
}
