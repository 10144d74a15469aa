import BSON

/// A value that compares as MongoDB compares for equality: numbers by their value, all else by type and bytes.
struct Value: Hashable {
  private let type: UInt8
  private let bytes: ArraySlice<UInt8>

  init(_ element: BSONElement) {
    if let number = element.exactNumber, number.double == number.double.rounded() {
      // Numbers of all types that mean the same get the same bytes.
      var writer = BSONWriter(capacity: 16)
      writer.append("", number.double)
      self.init(type: BSONType.double.rawValue, bytes: writer.finish().bytes)
    } else {
      self.init(type: element.type.rawValue, bytes: element.valueBytes)
    }
  }

  private init(type: UInt8, bytes: ArraySlice<UInt8>) {
    (self.type, self.bytes) = (type, bytes)
  }
}
