import BSON
import Testing

@testable import MongoStore

@Suite("Failures of the server and refusals of the content (spec section 8)")
struct ServerErrorTests {
  @Test(
    "an election, a shutdown, a timeout, a full disk: never a reason to give an event up",
    arguments: [50, 64, 91, 189, 10107, 11600, 11602, 13435, 14031, 262])
  func transient(code: Int) {
    #expect(MongoStoreError.answered(code, "x", labels: nil, server: "h").isRetryable)
    #expect(!ServerCode.isRefusalOfContent(code))
  }

  @Test("content that the server refuses", arguments: [2, 22, 52, 57, 121, 10334, 17280])
  func refusals(code: Int) {
    let error = MongoStoreError.answered(code, "x", labels: nil, server: "h")
    #expect(error.code == .refused && !error.isRetryable)
  }

  @Test("an unknown state of the server is not a refusal", arguments: [8000, 399, 1])
  func unknown(code: Int) {
    #expect(MongoStoreError.answered(code, "x", labels: nil, server: "h").code == .server)
  }

  @Test(
    "the remedy is in the sentence",
    arguments: [
      (18, MongoStoreError.Code.authentication, "authSource"), (13, .unauthorized, "grant"),
      (85, .indexConflict, "drop"),
      (86, .indexConflict, "drop"),
    ])
  func remedies(code: Int, kind: MongoStoreError.Code, word: String) {
    let error = MongoStoreError.answered(code, "said the server", labels: nil, server: "h:1/chat3")
    #expect(error.code == kind && !error.isRetryable && error.serverCode == code)
    #expect(error.message.contains(word) && error.message.contains("h:1/chat3"))
  }

  @Test("a label of the server says that the error can be retried")
  func label() {
    var labels = BSONWriter()
    labels.append("0", "RetryableWriteError")
    #expect(MongoStoreError.answered(399, "x", labels: labels.finish(), server: "h").isRetryable)
  }

  @Test("a duplicate key in an index other than _id is recognised in the message of every server")
  func otherIndexes() throws {
    func failure(_ rest: String) throws -> WriteFailure? {
      WriteFailure.all(
        in: try JSONReader.object(
          Array(#"{"writeErrors": [{"index": 3, "code": 11000, \#(rest)}]}"#.utf8))
      ).first
    }
    #expect(try failure(#""errmsg": "x", "keyPattern": {"_id": 1}"#)?.isOfOtherIndex == false)
    #expect(try failure(#""errmsg": "x", "keyPattern": {"name": 1}"#)?.isOfOtherIndex == true)
    let text = "E11000 duplicate key error collection: chat3.updates index: "
    #expect(try failure(#""errmsg": "\#(text)_id_ dup key: 1""#)?.isOfOtherIndex == false)
    #expect(try failure(#""errmsg": "\#(text)name_1 dup key: 1""#)?.isOfOtherIndex == true)
    #expect(try failure(#""errmsg": "UNIQUE constraint failed: updates._id""#)?.isOfOtherIndex == false)
  }

  @Test("a slice is split into the documents that it was made of")
  func smallerSlices() throws {
    var slice = InsertSlice()
    for number in 0..<5 { slice.append(try JSONReader.object(Array(#"{"n": \#(number * 1000)}"#.utf8))) }
    let middle = slice.slice(2..<4)
    #expect(middle.count == 2 && slice.slice(0..<0).isEmpty)
    #expect(middle.bytes[middle.range(of: 1)].elementsEqual(slice.bytes[slice.range(of: 3)]))
  }
}
