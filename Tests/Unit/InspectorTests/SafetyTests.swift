import BSON
import EmbeddedStore
import Foundation
import Operations
import Synchronization
import TestServers
import TestTraits
import Testing

@testable import Inspector

/// Who may ask, and what.
@Suite(.bounded) struct SafetyTests {
  @Test(arguments: ["/", "/updates", "/api/v1/updates", "/api/v1/live", "/dead-letters", "/nothing"])
  func `without the token nothing is told`(path: String) async throws {
    let fixture = try await InspectedFixture { $0.storeName = "sqlite:/home/teashop/updates.sqlite" }
    for authorization in ["", "Bearer", "Bearer 0123456789abcdef0123456789abcdee", "Basic x"] {
      let answer = await fixture.answer(path, fields: ["authorization": authorization])
      #expect(answer.status == 401)
      #expect(answer.text?.contains("teashop") == false)
    }
  }

  @Test func `a token in the address becomes a cookie, and leaves the address`() async throws {
    let fixture = try await InspectedFixture()
    let none = ["authorization": ""]
    let answer = await fixture.answer(
      "/updates?q=user%3Amaria&token=\(InspectedFixture.token)", fields: none)
    #expect(answer.status == 303 && answer["Location"] == "/updates?q=user%3Amaria")
    let cookie = try #require(answer["Set-Cookie"])
    #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
    let pair = String(cookie.prefix { $0 != ";" })
    #expect(
      await fixture.answer("/updates", fields: none.merging(["cookie": "a=b; \(pair); c=d"]) { $1 }).status
        == 200)
    #expect(await fixture.answer("/?token=wrong", fields: none).status == 401)
    let away = await fixture.answer("//example.org/?token=\(InspectedFixture.token)", fields: none)
    #expect(away["Location"] == "/")
  }

  @Test func `without a token everybody is let in`() async throws {
    let fixture = try await InspectedFixture {
      $0.rules = SafetyRules(token: nil, host: "127.0.0.1", port: 1, names: [])
    }
    #expect(await fixture.answer("/updates", fields: ["authorization": ""]).status == 200)
  }

  @Test(arguments: [
    ("127.0.0.1:8411", 200), ("localhost:9", 200), ("LOCALHOST", 200), ("[::1]:8411", 200),
    ("inspector.test:80", 200),
    ("[::1].evil.test", 403), ("[::1]evil", 403), ("evil.test", 403), ("127.0.0.1.evil.test:8411", 403),
    ("", 403), ("10.0.0.7:8411", 403),
  ])
  func `the host must be one that it listens on or that was named`(host: String, status: Int) async throws {
    let fixture = try await InspectedFixture {
      $0.rules = SafetyRules(
        token: InspectedFixture.token, host: "127.0.0.1", port: 8411, names: ["Inspector.test"])
    }
    #expect(await fixture.answer("/updates", fields: ["host": host]).status == status)
  }

  @Test func `the address at which a connection arrived is a host of its own`() {
    let rules = SafetyRules(token: nil, host: "0.0.0.0", port: 8411, names: [])
    var request = InspectorRequest("GET", "/")
    request.fields = ["host": "10.0.0.7:8411"]
    request.localAddress = "10.0.0.7"
    #expect(rules.refusal(of: request) == nil)
    request.fields["host"] = "10.0.0.8:8411"
    #expect(rules.refusal(of: request)?.code == .forbidden)
  }

  @Test func `nothing is answered under a foreign name, not even the style sheet`() async throws {
    let fixture = try await InspectedFixture()
    for path in ["/assets/style.css", "/assets/script.js", "/assets/icon.svg"] {
      #expect(await fixture.answer(path, fields: ["host": "evil.test"]).status == 403)
      // The page that asks for the token has its style sheet.
      #expect(await fixture.answer(path, fields: ["authorization": ""]).status == 200)
    }
  }

  @Test func `a form that is too long is refused as a whole`() async throws {
    let letters = LettersInMemory([Self.letter])
    let fixture = try await InspectedFixture(nil, letters: letters) {
      $0.allowsActions = true
      $0.rules = SafetyRules(token: nil, host: "127.0.0.1", port: 1, names: [])
    }
    let server = try await InspectorServer.start(
      at: EndpointAddress(host: "127.0.0.1", port: 0), onFault: { _ in }
    ) { _ in fixture.inspector }
    let form = "action=drop&letter=\(Self.letter.digest)&more=" + String(repeating: "x", count: 300_000)
    let client = try PlainHTTP(port: server.address.port)
    try client.send(
      "POST /dead-letters HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
        + "Content-Length: \(form.utf8.count)\r\nConnection: close\r\n\r\n" + form)
    let answer = try #require(try client.answer(hasBody: true))
    #expect(answer.status == 400 && answer.body.contains("The form is longer than 256 kB"))
    #expect(letters.letters.withLock { $0.count } == 1)
    await server.close()
  }

  @Test func `every answer has the headers that keep a browser in`() async throws {
    let fixture = try await InspectedFixture()
    let gone = try await InspectedFixture { $0.absence = { "The store is gone." } }
    let none = ["authorization": ""]
    var answers = [
      (401, await fixture.answer("/", fields: none)),
      (403, await fixture.answer("/", fields: ["host": "evil.test"])),
      (303, await fixture.answer("/?token=\(InspectedFixture.token)", fields: none)),
      (503, await gone.answer("/")), (503, await gone.answer("/api/v1/updates")),
      (405, await fixture.answer("/", method: "PUT", fields: ["sec-fetch-site": "same-origin"])),
    ]
    for (status, path) in [
      (200, "/"), (404, "/nothing"), (400, "/updates?q=x"), (200, "/assets/style.css"),
      (200, "/assets/script.js"), (400, "/api/v1/update"), (200, "/live"),
    ] {
      answers.append((status, await fixture.answer(path)))
    }
    for (status, answer) in answers {
      #expect(answer.status == status)
      let policy = answer["Content-Security-Policy"] ?? ""
      #expect(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"))
      #expect(!policy.contains("unsafe"))
      #expect(answer["X-Content-Type-Options"] == "nosniff" && answer["Referrer-Policy"] == "no-referrer")
      #expect(answer["Access-Control-Allow-Origin"] == nil)
    }
  }

  @Test func `pages have no script, style or address of elsewhere in them`() async throws {
    let fixture = try await InspectedFixture()
    let id = try #require(try await fixture.updates("user:maria").first?["_id"]?.string)
    for path in [
      "/", "/updates", "/update?id=\(id)", "/event?id=6925a0010000000000000005", "/live", "/dead-letters",
      "/user?tenant=tnt_teashop&id=maria", "/dialog?tenant=tnt_teashop&id=dlg_order4711",
      "/compare?a=\(id)&b=\(id)",
    ] {
      let answer = await fixture.answer(path)
      #expect(answer.status == 200)
      let page = answer.text ?? ""
      #expect(!page.contains("style=\"") && !page.contains("<style") && !page.contains("onclick"))
      #expect(page.components(separatedBy: "<script").count == 2, "\(path)")
      #expect(!page.contains("http://") && !page.contains("https://"), "\(path)")
    }
  }

  @Test func `other methods than reading are refused`() async throws {
    let fixture = try await InspectedFixture()
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
      let answer = await fixture.answer("/updates", method: method, fields: ["sec-fetch-site": "same-origin"])
      #expect(answer.status == 405 && answer["Allow"] == "GET, HEAD")
    }
  }

  private static let letter = Letter(
    body: #"{"eventId":"x","data":{"message":{"content":"secret"}}}"#, reason: "eventId is no event id")

  @Test(arguments: [
    ("127.0.0.1", true), ("127.255.0.9", true), ("::1", true), ("LocalHost", true),
    ("127.example.org", false),
    ("127.0.0.1.evil.test", false), ("127.0.0", false), ("127.0.0.256", false), ("10.0.0.1", false),
  ])
  func `only this machine's own addresses do without a token`(host: String, isLoopback: Bool) {
    #expect(SafetyRules.isLoopback(host) == isLoopback)
  }

  @Test func `a token is long enough and needs no encoding`() {
    #expect(
      SafetyRules.isToken(SafetyRules.makeToken()) && SafetyRules.makeToken() != SafetyRules.makeToken())
    for text in ["", "short", "0123456789abcde;", "0123456789abcdef\n", String(repeating: "a", count: 513)] {
      #expect(!SafetyRules.isToken(text))
    }
  }
}
