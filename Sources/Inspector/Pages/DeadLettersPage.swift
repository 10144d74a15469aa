import BSON
import Pipeline
import Updates
import Support

/// The dead letters: how many there are, and when somebody asks for it, what they are.
struct DeadLettersPage: Page {
  /// The most letters that are read.
  private static let mostLetters = 100
  /// The most members of a letter's dialog who are looked at.
  private static let mostMembers = 100

  private let count: Int?
  /// `nil`: they were not read.
  private let letters: [Letter]?
  private let mask: PageMask
  private let done: String?
  /// What each letter would come to now, by its digest.
  private var outcomes: [String: String] = [:]

  let template = "dead-letters"
  let title = "Dead letters"

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    mask = inspector.configuration.mask
    done = request.parameters["done"].flatMap(Self.sentence)
    guard let box = inspector.letters else {
      (count, letters) = (nil, nil)
      return
    }
    count = try await box.count()
    letters = request.parameters["read"] == nil ? nil : try await box.read(limit: Self.mostLetters)
    for letter in letters ?? [] {
      outcomes[letter.digest] = try await Self.outcome(letter, in: inspector.store)
    }
  }

  /// What would become of a letter that was sent back now, as a sentence. Nothing is stored or sent.
  private static func outcome(_ letter: Letter, in store: any InspectedStore) async throws -> String {
    let explanation = try await EventExplainer(store, mostMembers: mostMembers).explain(.json(letter.body))
    switch explanation.outcome {
    case .ignored: return "It would be ignored now: events of its type make no updates."
    case .bad(let error): return "It would fail again: \(error.description)"
    case .planned:
      let made = explanation.counts.map { "\(grouped($0.count)) \($0.type.rawValue)" }
      return "It would pass now, and make \(made.isEmpty ? "nothing" : made.joined(separator: ", "))"
        + (explanation.hasMoreMembers ? " and more." : ".")
    }
  }

  /// What was done, as a sentence: `requeued-3`.
  private static func sentence(_ text: String) -> String? {
    let halves = text.split(separator: "-")
    guard halves.count == 2, let count = Int(halves[1]) else { return nil }
    switch halves[0] {
    case "requeue": return "Sent \(counted(count, "dead letter")) back to the worker's queue."
    case "drop": return "Removed \(counted(count, "dead letter"))."
    default: return nil
    }
  }

  /// Sends letters back or removes them.
  static func act(_ inspector: Inspector, _ request: InspectorRequest) async throws -> InspectorAnswer {
    guard inspector.configuration.allowsActions else {
      throw InspectorError(
        .forbidden,
        "The inspector only reads: start it with --allow-actions to send dead letters back or remove them.")
    }
    guard let box = inspector.letters else { throw InspectorError(.notFound, noBroker) }
    let digests = Set(request.form.all("letter"))
    guard !digests.isEmpty else {
      throw InspectorError(.badRequest, "No dead letter is chosen: letter takes what its digest says.")
    }
    let action = request.form["action"] ?? ""
    let count: Int
    switch action {
    case "requeue": count = try await box.requeue(digests)
    case "drop": count = try await box.drop(digests)
    default:
      throw InspectorError(.badRequest, "action takes requeue or drop, not \"\(action.prefix(60))\".")
    }
    inspector.configuration.onAction(InspectorAction(name: action, client: request.client, count: count))
    if request.wantsJSON {
      var output = BSONWriter()
      output.append("action", action)
      output.append("count", Int64(count))
      return .json(output.finish())
    }
    return .redirect(to: Link("/dead-letters", [("read", "1"), ("done", "\(action)-\(count)")]).string)
  }

  private static let noBroker =
    "The inspector was started without RabbitMQ; name it with --rabbitmq-url to see the dead letters."

  /// The body as it is shown: laid out where it is JSON, with dots in the place of masked fields.
  private func shownBody(_ letter: Letter) -> String {
    do {
      let document = mask.applied(to: try JSONReader.object(letter.body))
      return indentedJSON(mask.isEmpty ? letter.body : JSONWriter.text(document))
    } catch {
      let text = String(decoding: letter.body.prefix(100_000), as: UTF8.self)
      // Nobody knows where a masked field would be.
      return mask.isEmpty ? text : String(repeating: "•", count: min(text.count, 1000))
    }
  }

  var document: BSONDocument {
    var output = BSONWriter()
    output.append("count", number: count.map(Double.init))
    if let letters {
      output.append(
        "letters",
        documents: letters.map { letter in
          var output = BSONWriter()
          output.append("digest", letter.digest)
          output.append("reason", letter.reason)
          output.append("failedAt", letter.failedAt)
          output.append("routingKey", letter.routingKey)
          output.append("properties", letter.properties)
          output.append("headers", letter.headers)
          output.append("now", outcomes[letter.digest])
          output.append("body", shownBody(letter))
          return output.finish()
        })
    }
    return output.finish()
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    var context: [String: Any] = [
      "hasBroker": count != nil, "noBroker": Self.noBroker, "count": counted(count ?? 0, "dead letter"),
      "verb": count == 1 ? "is" : "are", "isEmpty": count == 0, "isRead": letters != nil,
      "apiLink": "/api/v1/dead-letters?read=1",
      "allowsActions": inspector.configuration.allowsActions,
    ]
    if let done { context["done"] = done }
    guard let letters else { return context }
    context["isCut"] = letters.count < count ?? 0
    context["shown"] = grouped(letters.count)
    let groups = Dictionary(grouping: letters) { $0.reason ?? "not known" }
    context["groups"] = groups.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }.map {
      reason, letters in
      [
        "reason": reason, "count": counted(letters.count, "dead letter"),
        "letters": letters.map { letter in
          [
            "digest": letter.digest, "failedAt": letter.failedAt ?? "not known",
            "routingKey": letter.routingKey ?? "not known", "size": counted(letter.body.count, "byte"),
            "now": outcomes[letter.digest] ?? "",
            "lines": FaultMark.lines(shownBody(letter), reason: letter.reason),
          ] as [String: Any]
        },
      ] as [String: Any]
    }
    return context
  }
}

/// Marks the line of a body that its reason speaks of.
enum FaultMark {
  /// The lines, of which the first one that has the field that the reason begins with is marked.
  static func lines(_ text: String, reason: String?) -> [[String: Any]] {
    let path = (reason ?? "").prefix { !$0.isWhitespace && $0 != "," && $0 != ":" }
    let keys = path.split(separator: ".").map { "\"\($0)\":" }
    var found: Int?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The keys of the path come one after the other in the text.
    var rest = keys[...]
    for (index, line) in lines.enumerated() {
      guard let key = rest.first else { break }
      guard line.drop(while: { $0 == " " }).hasPrefix(key) else { continue }
      rest.removeFirst()
      if rest.isEmpty { found = index }
    }
    return lines.enumerated().map { index, line in ["text": String(line), "isFault": index == found] }
  }
}
