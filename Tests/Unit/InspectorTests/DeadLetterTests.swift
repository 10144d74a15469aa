import BSON
import Foundation
import Synchronization
import TestTraits
import Testing

@testable import Inspector

/// The page of the dead letters: what it shows, and what it changes.
@Suite(.bounded) struct DeadLetterTests {
  private static let letter = Letter(
    body: #"{"eventId":"x","data":{"message":{"content":"secret"}}}"#, reason: "eventId is no event id")
  private static let unknown = String(repeating: "0", count: 32)
  private static let here = ["sec-fetch-site": "same-origin"]

  /// What was logged.
  private final class Log: Sendable {
    private let actions = Mutex<[InspectorAction]>([])
    var all: [InspectorAction] { actions.withLock { $0 } }
    func add(_ action: InspectorAction) { actions.withLock { $0.append(action) } }
  }

  private func fixture(
    _ letters: (any LetterBox)?, log: Log = Log(),
    _ adjust: (inout InspectorConfiguration) throws -> Void = { _ in }
  ) async throws -> InspectedFixture {
    try await InspectedFixture(nil, letters: letters) {
      $0.allowsActions = true
      $0.onAction = { log.add($0) }
      $0.sentence = { _ in "RabbitMQ is down." }
      try adjust(&$0)
    }
  }

  private func post(
    _ form: String, to fixture: InspectedFixture, _ path: String = "/dead-letters",
    fields: [String: String] = here,
    localAddress: String = ""
  ) async -> InspectorAnswer {
    var request = InspectedFixture.request(path, method: "POST", fields: fields)
    request.form = Parameters(encoded: form[...])
    request.localAddress = localAddress
    return await fixture.inspector.answer(request)
  }

  @Test(arguments: [
    (["sec-fetch-site": "same-origin"], 303), (["origin": "http://127.0.0.1:8411"], 303), ([:], 403),
    (["sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8411"], 403),
    (["sec-fetch-site": "same-site"], 403), (["sec-fetch-site": "none"], 403),
    (["origin": "http://evil.test"], 403), (["origin": "null"], 403),
  ])
  func `a change is made only from the inspector's own pages`(fields: [String: String], status: Int)
    async throws
  {
    let (letters, log) = (LettersInMemory([Self.letter]), Log())
    let answer = await post(
      "action=requeue&letter=\(Self.letter.digest)", to: try await fixture(letters, log: log), fields: fields)
    #expect(answer.status == status)
    #expect(letters.requeued.withLock { $0.count } == (status == 303 ? 1 : 0))
    #expect(log.all.map(\.count) == (status == 303 ? [1] : []))
  }

  @Test(arguments: [
    (["origin": "http://10.0.0.7:8411"], 303), (["origin": "http://10.0.0.7:80"], 403),
    (["origin": "http://10.0.0.7"], 403), (["origin": "null"], 403), ([:], 403),
    (["origin": "http://127.0.0.1:8411"], 403),
  ])
  func `over plain HTTP from elsewhere, where a browser sends no Sec-Fetch-Site, the origin decides`(
    fields: [String: String], status: Int
  ) async throws {
    let fixture = try await fixture(LettersInMemory([Self.letter])) {
      $0.rules = SafetyRules(token: InspectedFixture.token, host: "0.0.0.0", port: 8411, names: [])
    }
    let answer = await post(
      "action=drop&letter=\(Self.letter.digest)", to: fixture,
      fields: fields.merging(["host": "10.0.0.7:8411"]) { $1 }, localAddress: "10.0.0.7")
    #expect(answer.status == status)
  }

  @Test func `without --allow-actions nothing is changed, and no button is there, and the attempt is logged`()
    async throws
  {
    let (letters, log) = (LettersInMemory([Self.letter]), Log())
    let fixture = try await fixture(letters, log: log) { $0.allowsActions = false }
    #expect(await post("action=drop&letter=\(Self.letter.digest)", to: fixture).status == 403)
    #expect(letters.letters.withLock { $0.count } == 1)
    #expect(await !fixture.page("/dead-letters?read=1").contains("<button class=\"button danger\""))
    #expect(log.all.map(\.count) == [0] && log.all.first?.shortfall?.contains("--allow-actions") == true)
  }

  @Test func `they are read only when asked for, and dropped by content`() async throws {
    let letters = LettersInMemory([Self.letter, Letter(body: "no JSON", reason: "it is no JSON")])
    let fixture = try await fixture(letters)
    let first = await fixture.page("/dead-letters")
    #expect(first.contains("There are 2 dead letters") && !first.contains("secret"))
    let read = await fixture.page("/dead-letters?read=1")
    #expect(read.contains("secret") && read.contains("<mark>  &quot;eventId&quot;: &quot;x&quot;,</mark>"))
    let answer = await post(
      "action=drop&letter=\(Self.letter.digest)&letter=\(Self.unknown)", to: fixture, "/api/v1/dead-letters")
    let told = try JSONReader.object(Array((answer.text ?? "").utf8))
    #expect(told["action"]?.string == "drop" && told["count"]?.number == 1 && told["stopped"]?.isNull == true)
    #expect(letters.letters.withLock { $0.map(\.reason) } == ["it is no JSON"])
  }

  @Test func `what was done is told once it is done, and by no address that somebody makes up`() async throws
  {
    let fixture = try await fixture(LettersInMemory([Self.letter]))
    let answer = await post("action=requeue&letter=\(Self.letter.digest)", to: fixture)
    let told = await fixture.page(try #require(answer["Location"]))
    #expect(told.contains("Sent 1 dead letter back to the worker&#39;s queue."))
    for made in ["requeue-3", "drop-999", "-", "%3Cb%3E", Self.unknown] {
      let page = await fixture.page("/dead-letters?read=1&done=\(made)")
      #expect(!page.contains("role=\"status\">"), "\(made)")
    }
  }

  /// One letter more than a form may choose.
  private static let tooMany: String = {
    let zeros = String(repeating: "0", count: 29)
    let letters = (0...100).map { "&letter=\(zeros)\(String(1000 + $0).suffix(3))" }
    return "action=drop" + letters.joined()
  }()

  @Test(arguments: [
    "", "action=drop", "action=burn&letter=\(unknown)", "action=drop&letter=x",
    "action=drop&letter=%0A\(unknown)", tooMany,
  ])
  func `a form that makes no sense or chooses too much is refused, and leaves nothing in the log`(
    form: String
  )
    async throws
  {
    let log = Log()
    let answer = await post(form, to: try await fixture(LettersInMemory([Self.letter]), log: log))
    #expect(answer.status == 400 && log.all.isEmpty)
  }

  @Test(arguments: [
    (LetterOutcome.End.complete, 303, nil), (.outOfTime, 303, "It stopped after 15 s"),
    (.tooMany, 303, "It stopped after looking at 100,000 dead letters"),
    (.failed(UnreachableLetters.Failure()), 503, "RabbitMQ is down."),
  ])
  func `who has done what, or tried to, is logged and told, with why it is not all`(
    end: LetterOutcome.End, status: Int, shortfall: String?
  ) async throws {
    let log = Log()
    let fixture = try await fixture(ScriptedLetters(LetterOutcome(count: 1, end: end)), log: log)
    let digests = [Self.unknown, Self.letter.digest].sorted()
    let answer = await post("action=drop&letter=\(digests[0])&letter=\(digests[1])", to: fixture)
    #expect(answer.status == status)
    let action = try #require(log.all.first)
    #expect(log.all.count == 1 && action.digests == digests && action.count == 1)
    #expect(action.client == "127.0.0.1" && action.credential == .bearer)
    #expect(
      action.sentence.hasPrefix("drop by 127.0.0.1 (with the bearer token): removed 1 dead letter; chosen by")
    )
    #expect(action.sentence.contains(digests.joined(separator: " ")))
    let page =
      if let location = answer["Location"] { await fixture.page(location) } else { answer.text ?? "" }
    #expect(page.contains("Removed 1 dead letter."))
    if let shortfall {
      #expect(action.shortfall?.contains(shortfall) == true && page.contains(shortfall))
    } else {
      #expect(action.shortfall == nil)
    }
  }

  @Test(arguments: [
    #"{"data":{"message":{"content":"secret"}}}"#, #"{"data":{"message":"secret"}}"#, #"{"data":"secret"}"#,
    #"{"data":["secret"]}"#, #"{"data":{"message":[{"content":"secret"},"secret"]}}"#,
    #"{"content":"secret"}"#,
    #"{"event":{"data":{"message":{"content":"secret"}}}}"#, #"{"data":{"mesage":{"content":"secret"}}}"#,
    #"{"data":{"content":"secret"}}"#, #"{"tenantId":{"content":"secret"}}"#, #"[{"content":"secret"}]"#,
    "secret",
    #"{"data":{},"data":{"message":{"content":{"text":"secret"}}}}"#,
  ])
  func `a mask covers what it names in a letter of any shape`(body: String) async throws {
    let letters = LettersInMemory([Letter(body: body, reason: "it is bad")])
    let fixture = try await fixture(letters) { $0.mask = try PageMask("data.message.content") }
    for path in ["/dead-letters?read=1", "/api/v1/dead-letters?read=1"] {
      let page = await fixture.page(path)
      #expect(page.contains("it is bad") && page.contains("•••") && !page.contains("secret"), "\(path)")
    }
  }

  @Test func `a mask leaves the rest of an event readable`() async throws {
    let body =
      #"{"_id":"1","tenantId":"tnt_a","data":{"message":{"content":"secret","senderId":"olga"},"user":null}}"#
    let letters = LettersInMemory([Letter(body: body, reason: "it is bad")])
    let fixture = try await fixture(letters) { $0.mask = try PageMask("data.message.content") }
    let page = await fixture.page("/dead-letters?read=1")
    for word in ["tnt_a", "olga", "&quot;user&quot;: null"] { #expect(page.contains(word)) }
    #expect(!page.contains("secret"))
  }
}

/// Dead letters on which every action ends as a test says.
private struct ScriptedLetters: LetterBox {
  let outcome: LetterOutcome

  init(_ outcome: LetterOutcome) {
    self.outcome = outcome
  }

  func count() async throws -> Int { 1 }
  func read(limit: Int) async throws -> [Letter] { [] }
  func perform(_ action: LetterAction, on digests: Set<String>, within bounds: LetterBounds) async
    -> LetterOutcome
  {
    outcome
  }
}
