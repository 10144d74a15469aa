extension TimelineGenerator {
  /// The lines that fill the collections.
  mutating func openingLines() -> [String] {
    var lines = ["# random timeline"]
    for tenant in Universe.tenants {
      var dialogs: [JSON] = []
      var members: [JSON] = []
      for dialog in Universe.dialogs {
        dialogs.append(.object(dialogRecord(tenant: tenant, dialog: dialog)))
        for _ in 0..<7 {
          members.append(.object(memberRecord(tenant: tenant, dialog: dialog, user: user())))
        }
      }
      lines.append(
        line(["upsert": ["dialogs": .array(dialogs), "dialogmembers": .array(members)]]))
      let rest: [(StateCollection, Int)] = [
        (.users, 10), (.messages, 20), (.metas, 30), (.messagestatuses, 20),
      ]
      for (collection, count) in rest {
        let records = records(collection, tenant: tenant, count: count)
        lines.append(line(["upsert": [ExactString(collection.rawValue): .array(records)]]))
      }
    }
    return lines
  }

  /// An upsert or a delete.
  mutating func stateLine() -> String {
    if chance(2) { return manyStatusesLine() }
    if chance(3) { return line([pick(["upsert", "delete"]): pick([[:], ["users": []]])]) }
    let isDelete = chance(22)
    var collections = Fields()
    for _ in 0...below(3) {
      let collection = pick(isDelete ? collectionsToDeleteFrom : collectionsToUpsert)
      let tenant = tenant()
      let list = records(collection, tenant: tenant, count: 1 + below(isDelete ? 2 : 4))
      let shown = isDelete ? list.map { keyOnly($0, of: collection) } : list
      collections[ExactString(collection.rawValue)] = .array(shown)
    }
    return line([isDelete ? "delete" : "upsert": .object(collections)])
  }

  /// Members and messages change most often.
  private var collectionsToUpsert: [StateCollection] {
    StateCollection.allCases
      + [.dialogs, .dialogmembers, .dialogmembers, .messages, .messages, .metas]
  }

  /// Dialogs are rarely deleted, because most events need one.
  private var collectionsToDeleteFrom: [StateCollection] {
    StateCollection.allCases.flatMap { $0 == .dialogs ? [$0] : [$0, $0] }
      + [.dialogmembers, .dialogmembers, .dialogmembers, .dialogmembers, .dialogmembers]
  }

  private mutating func records(
    _ collection: StateCollection, tenant: String, count: Int
  ) -> [JSON] {
    (0..<count).map { _ in .object(record(collection, tenant: tenant)) }
  }

  private func keyOnly(_ record: JSON, of collection: StateCollection) -> JSON {
    guard let fields = record.object, let key = try? collection.key(of: fields) else {
      return record
    }
    return .object(key)
  }

  /// More than a hundred status records of one message.
  private mutating func manyStatusesLine() -> String {
    let tenant = tenant()
    let message = message(of: dialog())
    let records = (0..<110).map { _ in
      JSON.object(statusRecord(tenant: tenant, message: message))
    }
    return line(["upsert": ["messagestatuses": .array(records)]])
  }
}
