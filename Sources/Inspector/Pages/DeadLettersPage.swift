import BSON
import Pipeline
import Support
import Updates

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
  /// What an action has done that led here.
  private let done: String?
  /// What each letter would come to now, by its digest.
  private var outcomes: [String: String] = [:]

  let template = "dead-letters"
  let title = "Dead letters"

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    mask = inspector.configuration.mask
    done = request.parameters["done"].flatMap(inspector.receipts.sentence)
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

  /// Sends letters back or removes them.
  static func act(_ inspector: Inspector, _ request: InspectorRequest) async throws -> InspectorAnswer {
    let (action, digests) = try chosen(request.form)
    let configuration = inspector.configuration
    func note(_ count: Int, _ shortfall: String?) {
      configuration.onAction(
        InspectorAction(
          action: action, client: request.client,
          credential: configuration.rules.credential(of: request) ?? .none, digests: digests, count: count,
          shortfall: shortfall))
    }
    guard configuration.allowsActions else {
      note(0, readOnly)
      throw InspectorError(.forbidden, readOnly)
    }
    guard let box = inspector.letters else {
      note(0, noBroker)
      throw InspectorError(.notFound, noBroker)
    }
    let outcome = await box.perform(action, on: Set(digests), within: configuration.letterBounds)
    let shortfall = shortfall(outcome, configuration)
    note(outcome.count, shortfall)
    let done = action.done(outcome.count)
    let sentence = "\(done.prefix(1).uppercased())\(done.dropFirst())." + (shortfall.map { " \($0)" } ?? "")
    if case .failed = outcome.end { throw InspectorError(.unavailable, sentence) }
    let receipt = inspector.receipts.keep(sentence)
    if request.wantsJSON {
      var output = BSONWriter()
      output.append("action", action.rawValue)
      output.append("count", Int64(outcome.count))
      output.append("stopped", shortfall)
      output.append("receipt", receipt)
      return .json(output.finish())
    }
    return .redirect(to: Link("/dead-letters", [("read", "1"), ("done", receipt)]).string)
  }

  /// What a form asks for. Digests that are none are refused, so that the log holds nothing that a client has made up.
  private static func chosen(_ form: Parameters) throws(InspectorError) -> (LetterAction, [String]) {
    let name = form["action"] ?? ""
    guard let action = LetterAction(rawValue: name) else {
      throw InspectorError(.badRequest, "action takes requeue or drop, not \"\(name.prefix(60))\".")
    }
    let digests = Set(form.all("letter")).sorted()
    guard !digests.isEmpty else {
      throw InspectorError(.badRequest, "No dead letter is chosen: letter takes what its digest says.")
    }
    guard digests.count <= mostLetters else {
      throw InspectorError(
        .badRequest, "\(grouped(digests.count)) dead letters are chosen; at most \(mostLetters) go at once.")
    }
    guard digests.allSatisfy(Letter.isDigest) else {
      throw InspectorError(.badRequest, "letter takes the digest of a dead letter, which is 32 hex digits.")
    }
    return (action, digests)
  }

  /// Why an action has not looked at all letters, as a sentence; `nil` when it has.
  private static func shortfall(_ outcome: LetterOutcome, _ configuration: InspectorConfiguration) -> String?
  {
    let bounds = configuration.letterBounds
    switch outcome.end {
    case .complete: return nil
    case .outOfTime:
      return
        "It stopped after \(bounds.time.components.seconds) s, before it had looked at all dead letters; do it "
        + "again for the rest."
    case .tooMany:
      return "It stopped after looking at \(grouped(bounds.letters)) dead letters; use chat3-update-worker "
        + "dead-letters for the rest."
    case .failed(let error):
      return "Then it failed, and more of them may be done; read them again. \(configuration.sentence(error))"
    }
  }

  private static let readOnly =
    "The inspector only reads: start it with --allow-actions to send dead letters back or remove them."

  private static let noBroker =
    "The inspector was started without RabbitMQ; name it with --rabbitmq-url to see the dead letters."

  private func shownBody(_ letter: Letter) -> String { LetterMask(mask: mask).text(of: letter.body) }

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
