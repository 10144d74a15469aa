import BSON
import EmbeddedStore
import Foundation
import Pipeline
import TestTraits
import Testing

@testable import Inspector

/// What pages and their JSON show of a fixture.
@Suite(.bounded) struct PageTests {
  private static let typing = "6925a0010000000000000005"

  @Test func `a search finds what it asks for, and no more`() async throws {
    let fixture = try await InspectedFixture()
    let all = try await fixture.updates("")
    #expect(all.count == 39)
    let maria = try await fixture.updates("user:maria").count
    #expect(maria > 0 && maria < 39)
    #expect(try await fixture.updates("!user:maria").count == 39 - maria)
    #expect(try await fixture.updates("is:published").count == 0)
    #expect(try await fixture.updates("!is:published").count == 39)
    let messages = try await fixture.updates("type:MessageUpdate").count
    #expect(messages == 14)
    #expect(try await fixture.updates("!type:MessageUpdate").count == 39 - messages)
    #expect(try await fixture.updates("tenant:other").count == 0)
    #expect(try await fixture.updates("!tenant:tnt_teashop").count == 0)
    #expect(try await fixture.updates("event:\(Self.typing)").count == 1)
    #expect(try await fixture.updates("!event:\(Self.typing)").count == 38)
    let dialog = try await fixture.updates("dialog:dlg_order4711").count
    #expect(try await fixture.updates("!dialog:dlg_order4711").count == 39 - dialog)
    #expect(try await fixture.updates("before:2001-01-01").count == 0)
    #expect(try await fixture.updates("after:1h").count == 39)
  }

  @Test func `pages follow each other without a gap`() async throws {
    let fixture = try await InspectedFixture()
    var ids: [String] = []
    var cursor: String?
    repeat {
      let target = Link("/api/v1/updates", [("limit", "7"), ("cursor", cursor), ("tenant", "tnt_teashop")])
        .string
      let page = try await fixture.json(target)
      ids += page["updates"]?.array?.compactMap { $0.document?["_id"]?.string } ?? []
      cursor = page["next"]?.string
    } while cursor != nil
    #expect(ids.count == 39 && Set(ids).count == 39)
    let whole = try await fixture.updates("").compactMap { $0["_id"]?.string }
    #expect(ids == whole)
  }

  @Test func `a place that no listing has given leads to nothing that the search excludes`() async throws {
    let fixture = try await InspectedFixture()
    let all = try await fixture.updates("")
    let (newest, middle) = (try #require(all.first), all[20])
    let (id, time) = (try #require(newest["_id"]?.string), try #require(middle["createdAt"]?.number))
    let bound = JSONNumber(time).text
    let older = try await fixture.updates("before:\(bound)").compactMap { $0["_id"]?.string }
    #expect(older == all.dropFirst(21).compactMap { $0["_id"]?.string })
    // The newest update's id with an older time; and any id with the very time of the search.
    for cursor in ["\(time - 1)-\(id)", "\(time)-ffffffffffffffffffffffff"] {
      let link = Link("/api/v1/updates", [("q", "before:\(bound)"), ("limit", "500"), ("cursor", cursor)])
      let found = try await fixture.json(link.string)["updates"]?.array?.compactMap {
        $0.document?["_id"]?.string
      }
      #expect(Set(found ?? []).isSubset(of: older), "\(cursor)")
    }
  }

  @Test func `the JSON of a user's page is of the same place in the listing`() async throws {
    let fixture = try await InspectedFixture()
    let first = try await fixture.json("/api/v1/user?tenant=tnt_teashop&id=maria&limit=3")
    let next = try #require(first["next"]?.string)
    let page = await fixture.page(
      Link("/user", [("tenant", "tnt_teashop"), ("id", "maria"), ("limit", "3"), ("cursor", next)]).string)
    #expect(page.contains("/api/v1/user?tenant=tnt_teashop&amp;id=maria&amp;limit=3&amp;cursor=\(next)"))
  }

  @Test func `the JSON of updates is what inspect updates prints`() async throws {
    let fixture = try await InspectedFixture()
    var query = UpdateQuery()
    query.limit = 3
    let page = try await fixture.store.page(of: query, patience: .seconds(1))
    #expect(
      await fixture.page("/api/v1/updates?limit=3") == String(
        decoding: JSONWriter.text(page.document), as: UTF8.self) + "\n")
  }

  @Test(arguments: [
    ("/api/v1/updates?limit=0", 400), ("/api/v1/updates?limit=501", 400), ("/api/v1/updates?limit=x", 400),
    ("/api/v1/updates?cursor=made-up", 400), ("/api/v1/updates?cursor=nan-6925a0010000000000000005", 400),
    ("/api/v1/updates?cursor=1e400-6925a0010000000000000005", 400), ("/api/v1/updates?q=usr%3A1", 400),
    ("/api/v1/updates?q=%FF", 400), ("/api/v1/updates?q=%2", 400), ("/api/v1/update", 400),
    ("/api/v1/update?id=1", 400),
    ("/api/v1/update?id=000000000000000000000000", 404), ("/api/v1/compare?a=1&b=2", 400),
    ("/api/v1/event?id=what", 400), ("/api/v1/event?id=000000000000000000000000", 404),
    ("/api/v1/event?id=6925a0010000000000000005&show=x", 400),
    ("/api/v1/event?id=6925a0010000000000000005&tenant=x", 404),
    ("/api/v1/user?id=maria", 400), ("/api/v1/user?tenant=tnt_teashop&id=nobody", 404),
    ("/api/v1/dialog?tenant=x&id=y", 404),
    ("/api/v1/live?q=usr%3A1", 400), ("/api/v1/overview?by=day", 400), ("/api/v1/nothing", 404),
    ("/api/v1/", 404),
  ])
  func `a request that makes no sense is told so, in JSON and as a page`(target: String, status: Int)
    async throws
  {
    let fixture = try await InspectedFixture()
    let answer = await fixture.answer(target)
    #expect(answer.status == status && answer["Content-Type"] == "application/json")
    let error = try #require(try JSONReader.object(Array((answer.text ?? "").utf8)).document("error"))
    #expect(error["code"]?.string == (status == 400 ? "bad-request" : "not-found"))
    #expect(error["message"]?.string?.hasSuffix(".") == true)
    guard !target.contains("/live"), !target.hasSuffix("/") else { return }
    let page = await fixture.answer(
      target.replacing("/api/v1/overview", with: "/").replacing("/api/v1", with: ""))
    #expect(page.status == status && page["Content-Type"]?.hasPrefix("text/html") == true)
  }

  @Test func `an address of 100 kB is refused with a sentence`() async throws {
    let fixture = try await InspectedFixture(nil)
    let answer = await fixture.answer("/updates?q=" + String(repeating: "x", count: 100_000))
    #expect(answer.status == 400)
    #expect(answer.text?.contains("bytes long; 8192 are read") == true)
  }

  @Test func `a wrong search is shown with its mistakes marked, and finds nothing`() async throws {
    let fixture = try await InspectedFixture()
    let answer = await fixture.answer("/updates?q=user%3Amaria%20usr%3A%3Cb%3E")
    #expect(answer.status == 400)
    let page = answer.text ?? ""
    #expect(page.contains("user:maria <mark>usr:&lt;b&gt;</mark>"))
    #expect(page.contains("is none of the terms") && !page.contains("<tr data-row"))
  }

  @Test func `the page of an event tells who got what, and who got nothing and why`() async throws {
    let fixture = try await InspectedFixture()
    let page = await fixture.page("/event?tenant=tnt_teashop&id=\(Self.typing)")
    #expect(page.contains("<td data-label=\"Why\">is an active member of the dialog</td>"))
    #expect(page.contains("TypingUpdate with dialog, member, typing for active members except typing.userId"))
    #expect(page.contains("dialog dlg_order4711 by data.dialog.dialogId"))
    #expect(page.contains("Differences: stored"))
    #expect(page.contains("was no active member when the event was handled"))
    #expect(page.contains("<svg class=\"timeline\""))
    #expect(page.contains("chat3-update-worker inspect event \(Self.typing) --explain --tenant=tnt_teashop"))
    let nothing = await fixture.page("/event?tenant=tnt_teashop&id=\(Self.typing)&show=nothing")
    #expect(
      !nothing.contains("<td data-label=\"Why\">is an active member")
        && nothing.contains("was no active member"))
    let got = await fixture.page("/event?tenant=tnt_teashop&id=\(Self.typing)&show=got")
    #expect(
      got.contains("<td data-label=\"Why\">is an active member")
        && !got.contains("<td data-label=\"Why\">was no active member"))
  }

  @Test func `two updates are compared at the paths that differ`() async throws {
    let fixture = try await InspectedFixture()
    let ids = try await fixture.updates("event:6925a0010000000000000002").compactMap { $0["_id"]?.string }
    try #require(ids.count >= 2)
    let document = try await fixture.json("/api/v1/compare?a=\(ids[0])&b=\(ids[1])")
    let paths = document["differences"]?.array?.compactMap { $0.document?["path"]?.string } ?? []
    #expect(paths.contains("_id") && !paths.contains("eventId") && !paths.contains("data"), "\(paths)")
    let same = try await fixture.json("/api/v1/compare?a=\(ids[0])&b=\(ids[0])")
    #expect(same["differences"]?.array?.isEmpty == true && same["isCut"]?.bool == false)
  }

  /// Two messages that each have ten thousand other fields.
  private static let wide = {
    let fields = { (letter: String) in
      (0..<10_000).map { "\"\(letter)\($0)\":\($0)" }.joined(separator: ",")
    }
    let state =
      #"{"upsert":{"dialogs":[{"tenantId":"t","dialogId":"d"}],"dialogmembers":["#
      + #"{"tenantId":"t","dialogId":"d","userId":"u"}]}}"#
    return [state]
      + ["a", "b"].map {
        #"{"_id":"6925a00100000000000000\#($0)\#($0)","tenantId":"t","eventType":"dialog.update","data":"#
          + #"{"dialog":{"dialogId":"d",\#(fields($0))}}}"#
      }
  }()

  @Test func `documents with thousands of fields are compared and shown as far as anybody reads`()
    async throws
  {
    let fixture = try await InspectedFixture(nil, lines: Self.wide)
    let ids = try await fixture.updates("user:u").compactMap { $0["_id"]?.string }
    try #require(ids.count == 2)
    let document = try await fixture.json("/api/v1/compare?a=\(ids[0])&b=\(ids[1])")
    #expect(document["differences"]?.array?.count { _ in true } == 500 && document["isCut"]?.bool == true)
    #expect(
      await fixture.page("/compare?a=\(ids[0])&b=\(ids[1])").contains(
        "500 paths and more, which are left out"))
    let page = await fixture.page("/update?id=\(ids[0])")
    #expect(page.contains(" and what is in them are left out; the JSON below has all of the document."))
  }

  @Test func `a tree says how many nodes it leaves out, however they are nested`() throws {
    let branch = "{" + (0..<100).map { "\"k\($0)\":[1,2,3]" }.joined(separator: ",") + "}"
    let text = "{" + (0..<40).map { "\"b\($0)\":\(branch)" }.joined(separator: ",") + "}"
    let tree = DocumentTree(try JSONReader.object(Array(text.utf8)))
    func count(_ nodes: [[String: Any]]) -> Int {
      nodes.reduce(0) { $0 + 1 + count($1["children"] as? [[String: Any]] ?? []) }
    }
    // Beside the nodes there is at most one line for each level that says that there are more.
    #expect((2000...2003).contains(count(tree.nodes)))
    #expect(tree.note?.hasSuffix("are left out; the JSON below has all of the document.") == true)
    #expect(DocumentTree(try JSONReader.object(Array("{\"a\":[1]}".utf8))).note == nil)
  }

  @Test func `user and dialog show what inspect shows`() async throws {
    let fixture = try await InspectedFixture()
    let user = try await fixture.json("/api/v1/user?tenant=tnt_teashop&id=maria")
    #expect(user.document("statistics")?["verdict"]?.string == "agree")
    #expect(await fixture.page("/user?tenant=tnt_teashop&id=maria").contains("update.*.contact.maria.*"))
    let dialog = try await fixture.json("/api/v1/dialog?tenant=tnt_teashop&id=dlg_order4711")
    #expect(dialog["members"]?.array?.isEmpty == false && dialog["events"]?.array?.isEmpty == false)
  }

  @Test func `a store that is gone is told`() async throws {
    let fixture = try await InspectedFixture { $0.absence = { "The store is gone." } }
    let answer = await fixture.answer("/updates")
    #expect(answer.status == 503 && answer.text?.contains("The store is gone.") == true)
    let live = await fixture.answer("/api/v1/live")
    #expect(live.status == 503)
  }

  @Test func `a server that fails is a sentence, and no page but its own fails with it`() async throws {
    let fixture = try await InspectedFixture(letters: UnreachableLetters()) {
      $0.sentence = { _ in "It is down." }
    }
    for path in ["/dead-letters", "/api/v1/dead-letters"] {
      let answer = await fixture.answer(path)
      #expect(answer.status == 503 && answer.text?.contains("It is down.") == true)
    }
    #expect(await fixture.page("/").contains("not known now"))
  }
}
