import BSON

/// A command as it comes over the wire: `OP_MSG`, or `OP_QUERY`, which drivers begin a connection with (MongoDB's
/// manual, "MongoDB Wire Protocol").
struct WireMessage {
  /// A command: its document, and the documents that came beside it under a name of their own.
  struct Command {
    let body: BSONDocument
    var documents: [String: [BSONDocument]] = [:]
  }

  private static let reply: UInt32 = 1
  private static let query: UInt32 = 2004
  private static let message: UInt32 = 2013
  private static let largest = 64 << 20

  private let id: UInt32
  private let operation: UInt32
  let wantsNoAnswer: Bool
  /// `nil` when the bytes are no command.
  let command: Command?

  /// Waits for a message; `nil` when none comes any more.
  init?(from socket: Socket) {
    guard let header = socket.read(16) else { return nil }
    let size = Int(Self.number(header, at: 0))
    guard size > 16, size <= Self.largest, let bytes = socket.read(size - 16) else { return nil }
    id = Self.number(header, at: 4)
    operation = Self.number(header, at: 12)
    switch operation {
    case Self.message:
      wantsNoAnswer = bytes.count > 4 && bytes[0] & 2 != 0
      command = Self.sections(bytes)
    case Self.query:
      wantsNoAnswer = false
      // After flags: the collection's name, how many to skip and to return, and the command.
      let name = bytes.dropFirst(4).firstIndex(of: 0) ?? bytes.count
      command = Self.document(bytes, at: name + 9).map { Command(body: $0.document) }
    default: return nil
    }
  }

  private static func sections(_ bytes: [UInt8]) -> Command? {
    var position = 4
    var body: BSONDocument?
    var documents: [String: [BSONDocument]] = [:]
    while position < bytes.count {
      let kind = bytes[position]
      position += 1
      if kind == 0 {
        guard let (document, end) = document(bytes, at: position) else { return nil }
        (body, position) = (document, end)
      } else if kind == 1, position + 4 < bytes.count {
        let end = position + Int(number(bytes, at: position))
        guard end <= bytes.count, let terminator = bytes[position + 4..<end].firstIndex(of: 0) else {
          return nil
        }
        let name = String(decoding: bytes[position + 4..<terminator], as: UTF8.self)
        position = terminator + 1
        while position < end {
          guard let (document, next) = document(bytes, at: position) else { return nil }
          documents[name, default: []].append(document)
          position = next
        }
      } else {
        return nil
      }
    }
    return body.map { Command(body: $0, documents: documents) }
  }

  private static func document(_ bytes: [UInt8], at start: Int) -> (document: BSONDocument, end: Int)? {
    guard start + 4 < bytes.count else { return nil }
    let end = start + Int(number(bytes, at: start))
    guard end > start, end <= bytes.count,
      let document = try? BSONDocument(validating: Array(bytes[start..<end]))
    else { return nil }
    return (document, end)
  }

  private static func number(_ bytes: [UInt8], at start: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
  }

  /// The bytes that answer this message.
  func reply(_ answer: BSONDocument) -> [UInt8] {
    let isQuery = operation == Self.query
    let head = isQuery ? 36 : 21
    var bytes: [UInt8] = []
    bytes.reserveCapacity(head + answer.bytes.count)
    func append(_ value: UInt32) {
      for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * shift))) }
    }
    append(UInt32(head + answer.bytes.count))
    append(id)
    append(id)
    append(isQuery ? Self.reply : Self.message)
    append(0)
    if isQuery {
      // No cursor, from the first document on, one document.
      for value in [0, 0, 0, 1] as [UInt32] { append(value) }
    } else {
      bytes.append(0)
    }
    bytes.append(contentsOf: answer.bytes)
    return bytes
  }
}
