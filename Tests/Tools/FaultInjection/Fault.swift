/// A fault by its name, and how a round of it goes.
package struct Fault: Sendable, CustomStringConvertible {
  /// What happens, in words.
  package let name: String
  /// How often it strikes in a round of the long form; once in the short form.
  package let strikes: Int
  /// How many rounds the long form plays for each that it is told to.
  package let weight: Int
  let order: Verdict.Order
  /// Of so many percent of the events an earlier one is sent again.
  let repeats: Int
  let strike: @Sendable (Round) async throws -> Void

  init(
    _ name: String, strikes: Int = 1, weight: Int = 1, order: Verdict.Order = .all, repeats: Int = 0,
    _ strike: @escaping @Sendable (Round) async throws -> Void
  ) {
    self.name = name
    self.strikes = strikes
    self.weight = weight
    self.order = order
    self.repeats = repeats
    self.strike = strike
  }

  /// The name.
  package var description: String { name }

  /// Everything that the suite knows, in the order of the table.
  package static let all = workerFaults + serverFaults + brokerFaults + networkFaults + [deliveries, noSpace]
}
