import BSON
import Pipeline
import Testing

@testable import MongoStore

@Suite("Failures of the server and refusals of the content (spec section 8)")
struct ServerErrorTests {
  /// What the worker does when a command is refused with a code, as the table in docs/reliability.md has it.
  private enum Consequence {
    /// It tries again, until the server takes the command.
    case triesAgain
    /// It ends, because only other settings or rights help.
    case ends
    /// It looks for the document that the server refuses, and gives up only the event of that document.
    case givesUpDocument
  }

  private static let consequences: [(Consequence, [Int])] = [
    (
      .triesAgain,
      [
        6, 7, 24, 43, 46, 50, 63, 64, 74, 89, 91, 95, 100, 112, 117, 133, 134, 146, 150, 175, 189, 202, 216,
        237,
        262, 314, 317, 384, 391, 462, 9001, 10058, 10107, 11600, 11601, 11602, 13388, 13435, 13436, 14031,
      ]
    ),
    // Codes that the worker does not know.
    (.triesAgain, [1, 8, 96, 125, 399, 8000, 9999, 31_082, 50_000_001, 6_493_100]),
    (
      .ends, [2, 9, 13, 14, 18, 20, 52, 57, 59, 67, 72, 73, 79, 85, 86, 115, 121, 166, 238, 322, 323, 40_415]
    ),
    (.givesUpDocument, [15, 22, 10334, 17280, 17419, 17420]),
  ]

  @Test("a refused command is tried again, ends the worker, or is about a document, by its code alone")
  func refusedCommands() {
    for (consequence, codes) in Self.consequences {
      for code in codes {
        let error = MongoStoreError.answered(code, "x", labels: nil, server: "h")
        #expect(error.isRetryable == (consequence == .triesAgain), "\(code)")
        #expect((error.code == .refused) == (consequence == .givesUpDocument), "\(code)")
        #expect(error.serverCode == code)
      }
    }
  }

  @Test("a document is given up for its content, for no state of the server")
  func refusedDocuments() {
    for code in [2, 15, 22, 28, 52, 57, 121, 171, 10334, 17280, 50_000_001] {
      #expect(ServerCode.isRefusalOfDocument(code), "\(code)")
    }
    let transient = Self.consequences.filter { $0.0 == .triesAgain }.flatMap(\.1).filter { $0 < 31_082 }
    for code in transient + [11000, 11001, 12582, 13, 59] {
      #expect(!ServerCode.isRefusalOfDocument(code), "\(code)")
    }
  }

  @Test("a missing right is named, and not the command that lacked it")
  func missingRight() {
    let error = MongoStoreError.answered(
      13, "not authorized on chat3 to execute command { find: \"users\", filter: { userId: \"ann\" } }",
      labels: nil, server: "h:1/chat3", privilege: Privilege("find", .users))
    #expect(error.code == .unauthorized && !error.isRetryable)
    #expect(error.message.contains("the action find on the collection users"))
    #expect(error.message.contains("docs/security.md") && !error.message.contains("ann"))
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
