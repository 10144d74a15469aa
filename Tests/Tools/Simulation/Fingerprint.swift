/// A hash of bytes, quicker than `Hasher`, for telling apart contents that nobody has chosen to collide.
struct Fingerprint {
  private(set) var value: UInt64 = 0

  mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset + 8 <= bytes.count {
      mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var rest = UInt64(bytes.count)
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    mix(rest)
  }

  /// A step of MurmurHash3 with words of 64 bits.
  private mutating func mix(_ word: UInt64) {
    var key = word &* 0x87C3_7B91_1142_53D5
    key = (key << 31 | key >> 33) &* 0x4CF5_AD43_2745_937F
    value ^= key
    value = (value << 27 | value >> 37) &* 5 &+ 0x52DC_E729
  }
}
