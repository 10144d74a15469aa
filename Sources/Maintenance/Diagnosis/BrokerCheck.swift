package import Foundation

/// Judges how a broker stands. Pure: facts in, findings out.
package enum BrokerCheck {
  static let leastVersion = "3.8"

  package static func findings(_ facts: BrokerFacts, now: Date) -> [Finding] {
    var findings = FindingList(.broker)
    findings.reach(
      "RabbitMQ", at: facts.location, unreachable: facts.unreachable, version: facts.version,
      least: leastVersion)
    if facts.unreachable == nil {
      for reason in facts.unreachableHosts {
        findings.warn(
          "reachable", reason,
          remedy: "Start that node, or take it out of RABBITMQ_URL if it is gone for good.")
      }
    }
    findings.add(
      TransportCheck.findings(
        facts.transport, .broker, setting: "RABBITMQ_URL", isLocal: facts.isLocal, now: now))
    alarm(facts.alarm, &findings)
    rights(facts.rights, &findings)
    for exchange in [facts.events, facts.updates] { judge(exchange, facts, &findings) }
    judge(facts, &findings)
    findings.interrupted("RabbitMQ", facts.interruption)
    return findings.all
  }

  private static func alarm(_ alarm: Answer<String?>?, _ findings: inout FindingList) {
    switch alarm {
    case nil: break
    case .known(nil): findings.ok("alarms", "RabbitMQ takes messages: no alarm is on.")
    case .known(let reason?):
      findings.fail(
        "alarms", "RabbitMQ takes no messages: \(reason).",
        remedy: "Give the server memory or disk space, or let consumers empty their queues.")
    case .refused(let reason), .failed(let reason):
      findings.warn("alarms", "Whether RabbitMQ takes messages is not known: \(reason).")
    }
  }

  private static func rights(_ rights: [BrokerFacts.Right: Answer<Bool>], _ findings: inout FindingList) {
    if rights.isEmpty { return }
    var isFine = true
    for (right, answer) in rights.sorted(by: { $0.key.words < $1.key.words }) {
      switch answer {
      case .known: break
      case .refused:
        isFine = false
        findings.fail(
          "rights", "RabbitMQ does not allow the worker's user to \(right.words).",
          remedy: "Give the user the permissions of docs/security.md (rabbitmqctl set_permissions).")
      case .failed(let reason):
        isFine = false
        findings.warn("rights", "Whether the user may \(right.words) is not known: \(reason).")
      }
    }
    if isFine {
      findings.ok("rights", "The user has all \(rights.count) rights that were tried.")
    }
  }

  private static func judge(
    _ exchange: BrokerFacts.Exchange?, _ facts: BrokerFacts, _ findings: inout FindingList
  ) {
    guard let exchange else { return }
    let name = "The exchange \(exchange.name)"
    switch exchange.declaration {
    case .equal: findings.ok("exchanges", "\(name) is a durable topic exchange.")
    case .unseen: findings.ok("exchanges", "\(name) exists; its type is seen only by who may configure it.")
    case .taken: findings.ok("exchanges", "\(name) exists, and is taken as it is.")
    case .missing where facts.isPassive:
      findings.fail(
        "exchanges", "\(name) does not exist, and UPDATE_WORKER_TOPOLOGY is passive.",
        remedy: "Declare it as a durable topic exchange.")
    case .missing:
      findings.warn(
        "exchanges", "\(name) does not exist, so what is published there is lost.",
        remedy: "Start the worker, which makes it.")
    case .different(let difference), .otherType(let difference):
      findings.fail(
        "exchanges", "\(name) is no durable topic exchange: \(difference).",
        remedy: "Delete it, so that the worker makes it anew, or name another one in the settings.")
    }
  }

  private static func judge(_ facts: BrokerFacts, _ findings: inout FindingList) {
    if let queue = facts.queue {
      declaration(of: queue, "queue", "so events that are published now are lost", facts, &findings)
      if queue.declaration != .missing {
        if queue.consumers == 0 {
          findings.warn(
            "consumers", "Nobody consumes \(queue.name); \(counted(queue.messages, "event")) wait there.",
            remedy: "Start the worker.")
        } else {
          findings.ok(
            "consumers",
            "\(queue.name) has \(counted(queue.consumers, "consumer")); "
              + "\(counted(queue.messages, "event")) wait there.")
        }
        management(queue, facts, &findings)
      }
    }
    if let letters = facts.deadLetters {
      declaration(
        of: letters, "dead letters", "so a bad event holds up the worker until it does", facts, &findings)
      if letters.messages > 0 {
        findings.warn(
          "dead letters", "\(counted(letters.messages, "bad event")) in \(letters.name).",
          remedy: "Look at them with dead-letters list; requeue or drop them.")
      } else if letters.declaration != .missing {
        findings.ok("dead letters", "No bad events are waiting.")
      }
    }
  }

  private static func declaration(
    of queue: BrokerFacts.Queue, _ check: String, _ consequence: String, _ facts: BrokerFacts,
    _ findings: inout FindingList
  ) {
    switch queue.declaration {
    case .equal: findings.ok(check, "The queue \(queue.name) is as the worker declares it.")
    case .unseen:
      findings.ok(
        check, "The queue \(queue.name) exists; its arguments are seen only by who may configure it.")
    case .taken: findings.ok(check, "The queue \(queue.name) exists, and is taken as it is.")
    case .missing where facts.isPassive:
      findings.fail(
        check, "The queue \(queue.name) does not exist, and UPDATE_WORKER_TOPOLOGY is passive.",
        remedy: "Declare it as docs/operating.md tells.")
    case .missing:
      findings.warn(
        check, "The queue \(queue.name) does not exist, \(consequence).",
        remedy: "Start the worker, which makes it.")
    case .otherType(let type):
      findings.fail(
        check,
        "The queue \(queue.name) is a \(type) queue, and UPDATE_WORKER_QUEUE_TYPE is \(facts.expectedType).",
        remedy: queue.name == facts.deadLetters?.name
          ? "Send its letters back or drop them, and delete it, so that the worker makes it anew."
          : "Set UPDATE_WORKER_QUEUE_TYPE=\(type)"
            + (type == "classic" ? ", or go over to a quorum queue (docs/quorum-queues.md)." : "."))
    case .different(let difference):
      findings.fail(
        check, "The queue \(queue.name) exists with other properties: \(difference).",
        remedy: "Empty and delete it, so that the worker makes it anew, or name another one with "
          + "UPDATE_WORKER_QUEUE.")
    }
  }

  private static func management(
    _ queue: BrokerFacts.Queue, _ facts: BrokerFacts, _ findings: inout FindingList
  ) {
    switch facts.management {
    case nil: break
    case .refused(let reason), .failed(let reason):
      let worker = facts.isPassive ? "The worker does not bind it." : "The worker binds at its start."
      findings.ok(
        "binding", "Not asked: only the management plugin tells bindings, and \(reason). \(worker)")
      DeliveryLimitCheck.judgeUnseen(facts, &findings)
    case .known(let known):
      if known.bindings.contains("#") {
        findings.ok("binding", "\(queue.name) gets every event (#).")
      } else {
        let keys = known.bindings.map { "\"\($0)\"" }.joined(separator: ", ")
        findings.fail(
          "binding",
          known.bindings.isEmpty
            ? "\(queue.name) is not bound to the events exchange, so no event gets there."
            : "\(queue.name) gets only events with the routing keys \(keys).",
          remedy: facts.isPassive ? "Bind it with #." : "Start the worker, which binds it with #.")
      }
      // Where its declaration differs, that has been said.
      if [.equal, .taken].contains(queue.declaration), known.queue.type != facts.expectedType {
        findings.warn(
          "queue",
          "\(queue.name) is a \(known.queue.type) queue, and UPDATE_WORKER_QUEUE_TYPE is \(facts.expectedType), so "
            + "--exclusive may not keep other workers out.",
          remedy: "Set UPDATE_WORKER_QUEUE_TYPE=\(known.queue.type).")
      }
      DeliveryLimitCheck.judge(known, queue, facts, &findings)
    }
  }
}

extension BrokerFacts.Right {
  /// The words that follow "may".
  fileprivate var words: String {
    switch action {
    case .configure: "configure \(resource)"
    case .write: "write to \(resource)"
    case .read: "read from \(resource)"
    }
  }
}
