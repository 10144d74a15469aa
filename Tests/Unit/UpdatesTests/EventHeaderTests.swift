import BSON
import Testing

@testable import Updates

@Suite struct EventHeaderTests {
  /// A header of tenant and type, and of these members besides.
  private func header(_ fields: String) throws -> EventHeader {
    try EventHeader(json: Array(#"{"tenantId":"t","eventType":"user.add",\#(fields)}"#.utf8))
  }

  @Test(arguments: [
    #""_id":"691db5c900000000000000ab""#,
    #""_id":"691DB5C900000000000000AB""#,
    #""_id":{"$oid":"691DB5C900000000000000ab"}"#,
    #""_id":"691db5c900000000000000ab","eventId":"evt_00000000000000000000000000000000""#,
    #""_id":"691db5c900000000000000ab","eventId":5"#,
    #""eventId":"evt_691DB5C900000000000000abFFFFFFFF""#,
    #""_id":null,"eventId":"evt_691db5c900000000000000ab00000000""#,
  ])
  func `§1 the identity is _id, or else the first 24 digits of eventId`(fields: String) throws {
    #expect(try header(fields).id.description == "691db5c900000000000000ab")
  }

  @Test(arguments: [
    (#""_id":"691db5c900000000000000a""#, "_id"),
    (#""_id":"691db5c900000000000000abc""#, "_id"),
    (#""_id":"691db5c900000000000000ag""#, "_id"),
    (#""_id":5"#, "_id"),
    (#""_id":{}"#, "_id"),
    (#""_id":{"$oid":5}"#, "_id"),
    (#""_id":{"$oid":"691db5c900000000000000ab","a":1}"#, "_id"),
    (#""_id":["691db5c900000000000000ab"]"#, "_id"),
    (#""_id":"","eventId":"evt_691db5c900000000000000ab00000000""#, "_id"),
    (#""a":1"#, "_id"),
    (#""eventId":null"#, "_id"),
    (#""eventId":5"#, "eventId"),
    (#""eventId":"691db5c900000000000000ab""#, "eventId"),
    (#""eventId":"evt_691db5c900000000000000ab""#, "eventId"),
    (#""eventId":"evt_691db5c900000000000000ab0000000""#, "eventId"),
    (#""eventId":"evt_691db5c900000000000000ab0000000g""#, "eventId"),
    (#""eventId":"EVT_691db5c900000000000000ab00000000""#, "eventId"),
  ])
  func `§1 an event without usable identity is a bad event`(fields: String, field: String) throws {
    #expect(try blamed { try header(fields) } == field)
  }

  @Test(arguments: [
    (#"{"_id":"691db5c900000000000000ab","eventType":"a"}"#, "tenantId"),
    (#"{"_id":"691db5c900000000000000ab","eventType":"a","tenantId":null}"#, "tenantId"),
    (#"{"_id":"691db5c900000000000000ab","tenantId":"t"}"#, "eventType"),
    (#"{"_id":"691db5c900000000000000ab","tenantId":"t","eventType":null}"#, "eventType"),
    (#"{"_id":"691db5c900000000000000ab","tenantId":"t","eventType":""}"#, "eventType"),
    (#"{"_id":"691db5c900000000000000ab","tenantId":"t","eventType":5}"#, "eventType"),
    ("{}", "_id"), ("[]", ""), ("", ""), ("null", ""), ("{\"a\":1e400}", ""), ("{} {}", ""),
  ])
  func `§1 an event that is no object or lacks tenant or type is a bad event`(
    json: String, field: String
  ) throws {
    #expect(try blamed { try EventHeader(json: Array(json.utf8)) } == field)
  }

  @Test func `§1 the tenant need be an id only for types that make updates`() throws {
    let ignored = try EventHeader(json: Array(eventText("message.delete", "{}", #""tenantId":5"#).utf8))
    #expect(ignored.key == nil)
    #expect(try Event(ignored) == nil)
    let known = try EventHeader(json: Array(eventText("user.add", "{}", #""tenantId":5"#).utf8))
    #expect(try blamed { try Event(known) as Any } == "tenantId")
  }

  @Test func `the key is the identity within the tenant`() throws {
    let made = try header(#""_id":"\#(identity)""#)
    #expect(made.key == EventKey(tenantId: id("t"), eventId: made.id))
  }

  @Test func `§2 an event of the collection events has an ObjectId as its identity`() throws {
    var output = BSONWriter()
    output.append("_id", try #require(ObjectId(identity)))
    output.append("tenantId", "t")
    output.append("eventType", "user.add")
    #expect(try EventHeader(output.finish()).id.description == identity)
  }
}
