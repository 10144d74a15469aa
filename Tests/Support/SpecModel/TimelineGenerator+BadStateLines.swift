extension TimelineGenerator {
  /// A state line of the wrong shape, or with a record without its key (§9). It changes nothing.
  mutating func badStateLine() -> String {
    let verb: ExactString = pick(["upsert", "upsert", "delete"])
    switch below(5) {
    case 0:
      let shapes: [JSON] = [.null, 5, "x", [], [["users": []]], true]
      return line([verb: pick(shapes)])
    case 1:
      let collections: [Fields] = [
        ["updates": []], ["Users": []], ["": []], ["users": .null], ["users": [:]],
        ["users": "x"], ["users": ["x"]], ["users": [.null]], ["users": [[]]],
        ["dialogs": [], "dialogs ": []],
      ]
      return line([verb: .object(pick(collections))])
    case 2:
      return lineWithMoreKeys()
    case 3 where chance(30):
      return brokenText(stateLine())
    default:
      return lineWithWrongRecord(verb)
    }
  }

  /// A state line has one key only.
  private mutating func lineWithMoreKeys() -> String {
    let upsert: JSON = ["users": [.object(record(.users, tenant: tenant()))]]
    switch below(3) {
    case 0:
      return line(["upsert": upsert, "delete": [:]])
    case 1:
      return line(["upsert": upsert, "comment": .null])
    default:
      var event = event()
      event[pick(["upsert", "delete"])] = pick([.null, upsert, 5])
      return line(event)
    }
  }

  /// Good records around one whose key is wrong.
  private mutating func lineWithWrongRecord(_ verb: ExactString) -> String {
    let collection = pick(StateCollection.allCases)
    let tenant = tenant()
    let good = record(collection, tenant: tenant)
    var wrong = record(collection, tenant: tenant)
    spoilKey(of: &wrong, in: collection)
    var collections: Fields = [
      ExactString(collection.rawValue): .array(
        shuffled([good, wrong]).map { .object($0) })
    ]
    if chance(50), collection != .dialogmembers {
      collections["dialogmembers"] = [.object(record(.dialogmembers, tenant: tenant))]
    }
    return line([verb: .object(collections)])
  }

  private mutating func spoilKey(of record: inout Fields, in collection: StateCollection) {
    if collection == .events {
      record["_id"] = pick([
        nil, JSON.null, "x", 5, ["$oid": "x"], ["$oid": "691db5c90000000000000001", "a": 1],
      ])
      return
    }
    if collection == .metas, chance(40) {
      if chance(50) {
        record["entityType"] = pick(["tenant", "dialogmember", "", 5, nil, JSON.null] as [JSON?])
      } else {
        record["key"] = pick([nil, JSON.null, 5, "a\u{0}b", ["a": 1]] as [JSON?])
      }
      return
    }
    guard let key = try? collection.key(of: record) else { return }
    let names = key.keys.filter { $0 != "key" }.sorted()
    record[pick(names)] = chance(40) ? pick([nil, JSON.null]) : pick(Universe.noIds)
  }
}
