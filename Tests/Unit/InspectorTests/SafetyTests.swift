import BSON
import EmbeddedStore
import Foundation
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

  @Test func `every answer has the headers that keep a browser in`() async throws {
    let fixture = try await InspectedFixture()
    for path in [
      "/", "/nothing", "/updates?q=x", "/assets/style.css", "/assets/script.js", "/api/v1/update", "/live",
    ] {
      let answer = await fixture.answer(path)
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

  @Test func `a mask covers fields in pages, JSON and copies`() async throws {
    let letters = LettersInMemory([Self.letter, Letter(body: "secret", reason: "it is no JSON")])
    let fixture = try await InspectedFixture(letters: letters) {
      $0.mask = try FieldMask("data.message.content,data.dialog.meta,data.dialog.name")
    }
    let update = try #require(try await fixture.updates("type:MessageUpdate user:maria").first)
    let id = try #require(update["_id"]?.string)
    let message = try #require(update.document("data")?.document("message"))
    #expect(message["content"]?.string?.allSatisfy { $0 == "•" } == true)
    #expect(message["senderId"]?.string != nil)
    for path in ["/update?id=\(id)", "/api/v1/update?id=\(id)", "/updates", "/dead-letters?read=1"] {
      let text = await fixture.page(path)
      for word in ["Order 4711 is late", "Где мой чай", "secret"] { #expect(!text.contains(word), "\(path)") }
      #expect(path == "/updates" || text.contains("••"))
    }
  }

  @Test func `a mask also covers fields of documents in arrays of arrays, and what stands in their place`()
    throws
  {
    let document = try JSONReader.object(
      Array(#"{"data":{"list":[[{"x":"secret"}],{"x":"secret"},1]}}"#.utf8))
    #expect(
      JSONWriter.text(try FieldMask("data.list.x").applied(to: document))
        == Array(#"{"data":{"list":[[{"x":"••••••"}],{"x":"••••••"},"•"]}}"#.utf8))
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.255.0.9", true), ("::1", true), ("LocalHost", true),
    ("127.example.org", false),
    ("127.0.0.1.evil.test", false), ("127.0.0", false), ("127.0.0.256", false), ("10.0.0.1", false),
  ])
  func `only this machine's own addresses do without a token`(host: String, isLoopback: Bool) {
    #expect(SafetyRules.isLoopback(host) == isLoopback)
  }

  @Test(arguments: ["", "data", "userId", "data..x", "data.x,", "_id"])
  func `a mask names fields in data`(text: String) {
    #expect(throws: FieldMask.Mistake.self) { try FieldMask(text) }
  }

  @Test func `a token is long enough and needs no encoding`() {
    #expect(
      SafetyRules.isToken(SafetyRules.makeToken()) && SafetyRules.makeToken() != SafetyRules.makeToken())
    for text in ["", "short", "0123456789abcde;", "0123456789abcdef\n", String(repeating: "a", count: 513)] {
      #expect(!SafetyRules.isToken(text))
    }
  }
}
