/// Judges how often a message may come back to a quorum queue before the queue drops it. Every restart of a worker, every lost
/// connection and every look at dead letters is one.
enum DeliveryLimitCheck {
  /// Events live for an hour at most. A worker that starts again every four seconds meets each 900 times.
  static let least = 1000
  /// What RabbitMQ 4 does where nothing is set.
  private static let limitOfVersion4 = 20
  private static let remedy = "Set the policy delivery-limit of the queue to 1000000."

  static func judge(
    _ known: BrokerFacts.Management, _ queue: BrokerFacts.Queue, _ facts: BrokerFacts,
    _ findings: inout FindingList
  ) {
    judge(known.queue, queue.name, "an event", "as restarts and outages make them", facts, &findings)
    if let letters = known.deadLetters, let name = facts.deadLetters?.name {
      judge(letters, name, "a dead letter", "as every look at it makes one", facts, &findings)
    }
  }

  /// What can be said without the management plugin.
  static func judgeUnseen(_ facts: BrokerFacts, _ findings: inout FindingList) {
    guard facts.expectedType == "quorum", isVersion4(facts) else { return }
    findings.ok(
      "delivery limit",
      "Not asked either. RabbitMQ 4 drops a message that has come back \(limitOfVersion4) times, unless the "
        + "policy delivery-limit says something else.")
  }

  private static func judge(
    _ known: BrokerFacts.Management.Queue, _ name: String, _ message: String, _ cause: String,
    _ facts: BrokerFacts, _ findings: inout FindingList
  ) {
    guard known.type == "quorum" else { return }
    let isVersion4 = isVersion4(facts)
    switch known.deliveryLimit ?? (isVersion4 ? limitOfVersion4 : nil) {
    case nil: findings.ok("delivery limit", "\(name) delivers \(message) as often as it takes.")
    case let limit? where limit < 0 && isVersion4:
      if known.isLimitedByPolicy {
        findings.warn(
          "delivery limit",
          "A policy gives \(name) a negative delivery limit, which not every version takes for none.",
          remedy: remedy)
      } else {
        findings.ok("delivery limit", "\(name) delivers \(message) as often as it takes.")
      }
    case let limit? where limit <= 0:
      findings.fail(
        "delivery limit", "\(name) drops \(message) as soon as it comes back once.", remedy: remedy)
    case let limit? where limit < least:
      findings.warn(
        "delivery limit", "\(name) drops \(message) after it has come back \(limit) times, \(cause).",
        remedy: remedy)
    case let limit?:
      findings.ok(
        "delivery limit", "\(name) delivers \(message) \(limit) times before it drops it.")
    }
  }

  private static func isVersion4(_ facts: BrokerFacts) -> Bool {
    facts.version?.value.flatMap(ServerVersion.init).map { $0.numbers[0] >= 4 } ?? false
  }
}
