import BSON
import Pipeline
import Updates

/// The stations that an event takes, and why everybody gets what, as the page of the event shows it.
struct ExplanationView {
  private let explanation: EventExplanation
  private let tenant: String

  init(_ explanation: EventExplanation, tenant: String) {
    self.explanation = explanation
    self.tenant = tenant
  }

  var context: [String: Any] {
    [
      "stations": stations.map {
        ["name": $0.name.prefix(1).uppercased() + $0.name.dropFirst(), "text": $0.words]
      },
      "lookUps": explanation.lookUps.map { lookUp in
        [
          "collection": lookUp.collection, "key": lookUp.key,
          "found": lookUp.found == 0 ? "nothing" : counted(lookUp.found, "record"),
          "isMissing": lookUp.found == 0,
        ] as [String: Any]
      },
      "hasLookUps": !explanation.lookUps.isEmpty,
      "people": explanation.people.map { person in
        [
          "user": person.concerned.userId.string,
          "userLink": Link("/user", [("tenant", tenant), ("id", person.concerned.userId.string)]).string,
          "roles": person.concerned.roles.map(\.rawValue).joined(separator: ", "),
          "gets": person.updates.map(\.content.updateType.rawValue).joined(separator: ", "),
          "getsNothing": person.updates.isEmpty,
          "ordinary": explanation.rule.map(person.concerned.ordinary.words) ?? "",
          "statistics": person.concerned.statistics.words,
        ] as [String: Any]
      },
      "hasPeople": !explanation.people.isEmpty, "hasMoreMembers": explanation.hasMoreMembers,
    ]
  }

  /// What was looked up has a table of its own.
  private var stations: [EventExplanation.Step] { explanation.steps.filter { $0.name != "looked up" } }
}

/// What an event would make now, compared with what is stored, as pages and their JSON show it.
struct DryRunView {
  /// The most lines of the table; the others are counted.
  private static let mostLines = 200

  private let dryRun: DryRun
  private let mask: PageMask

  init(_ dryRun: DryRun, _ mask: PageMask) {
    self.dryRun = dryRun
    self.mask = mask
  }

  /// With a mask, the values at the paths that differ are left out: they may be parts of a masked field.
  var document: BSONDocument {
    if mask.isEmpty { return dryRun.document }
    var output = BSONWriter()
    for name in ["same", "differs", "missing", "unexpected"] {
      output.append(name, Int64(dryRun.count(name)))
    }
    output.append("isCut", dryRun.isCut)
    output.append(
      "updates",
      documents: dryRun.lines.map { line in
        var output = BSONWriter()
        output.append("_id", line.id)
        output.append("userId", line.userId.string)
        output.append("type", line.type)
        output.append("verdict", line.verdict.name)
        if case .differs(let differences) = line.verdict {
          output.append("paths", strings: differences.map(\.path))
        }
        return output.finish()
      })
    return output.finish()
  }

  var context: [String: Any] {
    // What is as it was says little; what is not comes first.
    let lines = dryRun.lines.filter { $0.verdict.name != "same" }
    return [
      "counts": ["same", "differs", "missing", "unexpected"].map { name in
        ["name": name, "count": grouped(dryRun.count(name)), "isSome": dryRun.count(name) > 0]
          as [String: Any]
      },
      "isSame": lines.isEmpty && !dryRun.isCut, "isCut": dryRun.isCut, "hasLines": !lines.isEmpty,
      "lines": lines.prefix(Self.mostLines).map { line in
        [
          "user": line.userId.string, "type": line.type, "kind": line.type.lowercased(),
          "verdict": line.verdict.name, "link": Link("/update", [("id", line.id.description)]).string,
          "isStored": line.verdict.name != "missing", "differences": differences(line),
        ] as [String: Any]
      },
    ]
  }

  private func differences(_ line: DryRun.Line) -> [[String: Any]] {
    guard case .differs(let differences) = line.verdict else { return [] }
    return differences.prefix(20).map { difference in
      let isShown = mask.isEmpty
      return [
        "path": difference.path, "isShown": isShown,
        "stored": isShown ? difference.first.map(DocumentTree.text) ?? "nothing" : "",
        "made": isShown ? difference.second.map(DocumentTree.text) ?? "nothing" : "",
      ]
    }
  }
}
