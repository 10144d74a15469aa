import BSON
import CommandHarness
import Foundation
import TestTraits
import Testing
import Updates

@testable import Inspector

/// Everything that comes from data is text.
@Suite(.bounded) struct HostileTextTests {
  /// Would end an attribute, an element or a string, or begin a script, if anything of it were markup.
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\"\u{301} onmouseover=alert(1) x=\"",
    "' autofocus onfocus=alert(1) '", "</title><script>alert(1)</script>", "javascript:alert(1)",
    "{{title}}{{{body}}}{{#rows}}", "a/b#c?d=e&f=%22", "..", "<\u{338}b>", "\u{202E}gnp.exe", "<!--", "]]>",
    "`${alert(1)}`",
  ]

  @Test func `text means nothing but itself, also before a combining accent`() {
    #expect(
      escapedHTML("\"\u{301}<\u{338}&\u{200D}'\u{308}") == "&quot;\u{301}&lt;\u{338}&amp;\u{200D}&#39;\u{308}"
    )
    #expect(escapedHTML("a\u{202E}b\u{0}c\u{7F}\n") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\n")
  }

  @Test(arguments: hostile)
  func `templates and their parts escape by code points`(text: String) throws {
    let templates = try Templates()
    let fault = try templates.render("error", ["title": text, "message": text])
    #expect(fault.contains("<h1>\(escapedHTML(text))</h1>"))
    let node: [String: Any] = [
      "key": text, "isBranch": false, "isLeaf": true, "value": text, "kind": "string",
    ]
    let tree = try templates.render(
      "update",
      [
        "nodes": [
          [
            "key": text, "isBranch": true, "isLeaf": false, "children": [node], "size": "1 field",
            "isOpen": true,
          ] as [String: Any]
        ]
      ])
    #expect(tree.components(separatedBy: escapedHTML(text)).count == 4)
  }

  @Test func `a word of a command is one word for a shell`() throws {
    for text in Self.hostile + [
      "it's", "'\u{301}; rm -rf x; '", "-x", "\u{1B}[2J", "a\u{7F}\u{85}\rb\nc", "\u{1}'\u{2066}$(x)",
    ] {
      let key = EntityKey(tenantId: Identifier("t"), id: Identifier(text))
      let rules = SafetyRules(token: nil, host: "127.0.0.1", port: 1, names: [])
      let configuration = InspectorConfiguration(rules: rules, storeName: "s", storeArgument: "s")
      let command = try #require(Command.entity("user", key, configuration))
      // What would be replaced in a page, or not be seen there, cannot be copied from it.
      #expect(command.unicodeScalars.allSatisfy(isShownAsItIs), "\(command)")
      let result = try CommandHarness.Command().run(
        "/bin/sh",
        ["-c", "worker() { printf %s \"$6\"; }; \(command.replacing("chat3-update-worker", with: "worker"))"])
      #expect(Array(result.output.utf8) == Array(text.utf8), "\(command)")
    }
  }

  @Test func `there is no command for what no command line can hold`() {
    let key = EntityKey(tenantId: Identifier("t"), id: Identifier("a\u{0}b"))
    let rules = SafetyRules(token: nil, host: "127.0.0.1", port: 1, names: [])
    let configuration = InspectorConfiguration(rules: rules, storeName: "s", storeArgument: "s")
    #expect(Command.entity("user", key, configuration) == nil)
  }

  @Test func `JSON that is copied is the same JSON, with escapes for what a page does not show`() throws {
    let text = "a\u{1B}b\u{7F}c\u{9B}d\u{202E}e\u{2066}f\n\"é😀"
    var document = BSONWriter()
    document.append("x", text)
    let copied = copiedJSON(JSONWriter.text(document.finish()))
    #expect(escapedHTML(copied).unicodeScalars.contains("\u{FFFD}") == false)
    #expect(copied.contains(#"\u007fc\u009bd\u202ee\u2066f"#))
    let read = try JSONReader.object(Array(copied.utf8))
    #expect(Array((read["x"]?.string ?? "").utf8) == Array(text.utf8))
  }

  @Test func `values that begin with a dash are joined to their flags`() {
    let rules = SafetyRules(token: nil, host: "127.0.0.1", port: 1, names: [])
    let configuration = InspectorConfiguration(rules: rules, storeName: "s", storeArgument: "s")
    let line = SearchLine("user:-x type:MessageUpdate after:2h is:unpublished", now: 1_800_000_000_000)
    #expect(
      Command.updates(line, configuration)
        == "chat3-update-worker inspect updates --store=s --user=-x --type=MessageUpdate --since=2h --unpublished"
    )
  }

  @Test func `hostile ids and contents appear, and add no element and no attribute`() async throws {
    let plain = try await markup(of: "plain")
    #expect(plain["updates"]?.isEmpty == false)
    for text in Self.hostile {
      let found = try await markup(of: text)
      for (page, elements) in found {
        let difference = elements.difference(from: plain[page] ?? []).map { "\($0)" }
        #expect(difference == [], "\(page) about \(text)")
      }
    }
  }

  /// The elements and the names of the attributes of pages about somebody of this id, in their order.
  private func markup(of id: String) async throws -> [String: [String]] {
    let fixture = try await InspectedFixture(nil, lines: HostileChat.lines(id))
    let update = try #require(
      try await fixture.updates("type:MessageUpdate " + SearchTerm(.user, id).text).first)
    let updateId = try #require(update["_id"]?.string)
    let event = try #require(update["eventId"]?.string)
    var found: [String: [String]] = [:]
    for (name, link) in [
      ("updates", Link("/updates", [("q", SearchTerm(.user, id).text)])),
      ("update", Link("/update", [("id", updateId)])),
      ("event", Link("/event", [("id", event)])), ("overview", Link("/", [("by", "hour")])),
      ("user", Link("/user", [("tenant", id), ("id", id)])),
      ("dialog", Link("/dialog", [("tenant", id), ("id", id)])),
      ("compare", Link("/compare", [("a", updateId), ("b", updateId)])),
      ("live", Link("/live", [("q", SearchTerm(.user, id).text)])),
      ("mistake", Link("/updates", [("q", "usr:" + id.replacing(" ", with: "_"))])),
    ] {
      let answer = await fixture.answer(link.string)
      let page = answer.text ?? ""
      #expect(answer.status == (name == "mistake" ? 400 : 200), "\(name) about \(id)")
      let isThere = page.contains(escapedHTML(name == "mistake" ? id.replacing(" ", with: "_") : id))
      // A search line has a backslash in front of a quote.
      let isAltered = name == "overview" || name == "live" && id.unicodeScalars.contains("\"")
      #expect(isThere || isAltered, "\(name) about \(id)")
      // The order of recipients is that of their ids. The user's page warns of dots and wildcards in an id, in paragraphs.
      found[name] = elements(page).filter { name != "user" || !["p class=", "/p"].contains($0) }.sorted()
    }
    return found
  }

  /// Reads tags as a browser would find them: from `<` and a letter, `/` or `!` to `>`, with quotes respected. Values do
  /// not count, but names do.
  private func elements(_ page: String) -> [String] {
    var elements: [String] = []
    var rest = Array(page.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "<"), let next = rest.first,
        "/!".utf8.contains(next) || (next | 0x20) >= UInt8(ascii: "a") && (next | 0x20) <= UInt8(ascii: "z")
      else { continue }
      var tag: [UInt8] = []
      var isQuoted = false
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\"") {
          isQuoted.toggle()
        } else if !isQuoted {
          if byte == UInt8(ascii: ">") { break }
          tag.append(byte)
        }
      }
      elements.append(String(decoding: tag, as: UTF8.self))
    }
    return elements
  }
}

/// A chat in which tenant, dialog, users and contents are one text.
enum HostileChat {
  static func lines(_ text: String) -> [String] {
    let id = json(text)
    let keys = "\"tenantId\":\(id),\"dialogId\":\(id)"
    func member(_ user: String) -> String {
      "{\(keys),\"userId\":\(user),\"isActive\":true,\"unreadCount\":1}"
    }
    return [
      """
      {"upsert":{"users":[{"tenantId":\(id),"userId":\(id),"type":"user","name":\(id)}],\
      "dialogs":[{\(keys),"name":\(id),"createdBy":\(id),"createdAt":1764061200000,"updatedAt":1764061200000}],\
      "dialogmembers":[\(member(id)),\(member("\"other\""))],\
      "messages":[{\(keys),"messageId":\(id),"senderId":\(id),"type":"internal.text","content":\(id),\
      "createdAt":1764061200000}]}}
      """,
      """
      {"_id":"6925a00100000000000000aa","tenantId":\(id),"eventType":"message.create","entityType":"message",\
      "entityId":\(id),"data":{"context":{"version":2,"eventType":"message.create","dialogId":\(id),\
      "entityId":\(id),"messageId":\(id)},"message":{\(keys),"messageId":\(id),"senderId":\(id),"content":\(id),\
      "type":"internal.text","createdAt":1764061200000}}}
      """,
    ]
  }

  private static func json(_ text: String) -> String {
    var writer = JSONWriter()
    writer.append(string: text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
