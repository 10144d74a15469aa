import BSON
import Pipeline
import TestTraits
import Testing

@testable import Inspector

/// The search language of the pages.
@Suite(.bounded) struct SearchLineTests {
  private static let now = 1_800_000_000_000.0

  private func line(_ text: String) -> SearchLine { SearchLine(text, now: Self.now) }

  @Test func `every term asks for what it names`() {
    let query = line(
      "tenant:tnt_a user:maria dialog:dlg_1 event:6925A0010000000000000005 type:TypingUpdate is:unpublished "
        + "after:2h before:2027-01-15T08:00:00Z"
    ).query
    #expect(query.tenantId == "tnt_a" && query.userId == "maria" && query.dialogId == "dlg_1")
    #expect(query.eventId?.description == "6925a0010000000000000005")
    #expect(query.eventTypes == ["dialog.typing"] && query.onlyUnpublished && !query.onlyPublished)
    #expect(query.since == Self.now - 7_200_000)
    #expect(query.cursor == .before(1_800_000_000_000))
    #expect(query.excluded.isEmpty)
  }

  @Test func `an exclamation mark negates a term`() {
    let query = line(
      "!tenant:a !tenant:b !user:maria !dialog:d !event:6925a0010000000000000005 !event-type:dialog.typing "
        + "!is:unpublished"
    ).query
    #expect(query.excluded.tenantIds == ["a", "b"] && query.excluded.userIds == ["maria"])
    #expect(query.excluded.dialogIds == ["d"] && query.excluded.eventTypes == ["dialog.typing"])
    #expect(query.excluded.eventIds.count == 1 && query.onlyPublished && !query.onlyUnpublished)
    #expect(query.tenantId == nil && query.eventTypes.isEmpty)
  }

  @Test func `a negated type leaves the others of a named one`() {
    let query = line("type:MessageUpdate !event-type:message.create").query
    #expect(query.eventTypes == ["message.update", "message.status.update", "message.reaction.update"])
  }

  @Test(arguments: [
    ("user:\"mr x\"", "mr x"), (#"user:"a\"b\\c""#, #"a"b\c"#), ("user:a:b", "a:b"), ("  user:é\t", "é"),
    ("user:a\"b", "a\"b"), ("USER:maria", "maria"), ("user:!x", "!x"), ("user:\"\u{301}x\"", "\u{301}x"),
  ])
  func `ids are read as they stand, and in quotes with blanks`(text: String, id: String) throws {
    let line = line(text)
    #expect(line.mistakes == [])
    let read = try #require(line.query.userId)
    #expect(Array(read.utf8) == Array(id.utf8))
  }

  @Test(arguments: ["maria", "mr x", #"a"b\"#, "\u{301}", "x\ny", "!a", "a:b", "\"", "é", " "])
  func `a term is written so that it is read as the same`(id: String) {
    let text = SearchLine.text(of: [SearchTerm(.user, id, isNegated: true), SearchTerm(.tenant, id)])
    let line = line(text)
    #expect(line.mistakes == [])
    #expect(line.terms == [SearchTerm(.user, id, isNegated: true), SearchTerm(.tenant, id)])
  }

  @Test(arguments: [
    ("maria", "\"maria\" is no term"), ("usr:maria", "\"usr\" is none of the terms"),
    ("user:", "user: has no value"), ("user:\"mr", "are not closed"), ("is:sent", "is: takes published"),
    ("type:Message", "none of the types"),
    ("type:message.create event-type:MessageUpdate", "none of the types"),
    ("event:123", "is no event"), ("after:yesterday", "cannot be read"), ("after:2026", "too small"),
    ("!after:2h", "! does not go with after:"), ("user:a user:b", "stands there twice"),
    ("user:a !user:a", "contradicts"), ("!user:a user:a", "contradicts"),
    ("type:TypingUpdate event-type:message.create", "contradicts"),
    ("type:TypingUpdate !event-type:dialog.typing", "contradicts"),
    ("is:published !is:published", "contradicts"),
    ("after:1h before:2h", "not earlier"), ("! user:a", "\"\" is no term"), (":x", "is none of the terms"),
  ])
  func `a mistake is explained`(text: String, explanation: String) {
    let mistakes = line(text).mistakes
    #expect(mistakes.count >= 1)
    #expect(mistakes[0].contains(explanation), "\(mistakes)")
  }

  @Test func `only the wrong pieces are marked, and together they are the line`() {
    let text = "user:maria  usr:x is:unpublished"
    let pieces = line(text).pieces
    #expect(pieces.map(\.text) == ["user:maria  ", "usr:x ", "is:unpublished"])
    #expect(pieces.map { $0.mistake != nil } == [false, true, false])
  }

  @Test func `a line that is too long is not read`() {
    let line = line("user:" + String(repeating: "x", count: 100_000))
    #expect(line.mistakes == ["The search is 100005 bytes long; 4096 are read."])
    #expect(line.pieces[0].text.utf8.count < 100)
  }

  @Test func `an empty line asks for everything`() {
    #expect(line(" ").mistakes == [] && line("").query.tenantId == nil)
  }
}
