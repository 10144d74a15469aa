import CMongoC

/// The text of an IEEE 754 decimal128 of 16 bytes, as `bson_decimal128_to_string` of libbson gives it.
func decimal128Text(_ bytes: Span<UInt8>) -> String {
  var decimal = bson_decimal128_t(
    low: bytes.littleEndian64(at: 0), high: bytes.littleEndian64(at: 8))
  // libbson writes at most BSON_DECIMAL128_STRING bytes, including the terminator.
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(BSON_DECIMAL128_STRING)) { buffer in
    guard let text = buffer.baseAddress else { return "" }
    bson_decimal128_to_string(&decimal, text)
    return String(cString: text)
  }
}
