import COpenSSL

/// SHA-256 (FIPS 180-4) by OpenSSL, which both C libraries bring along.
///
/// These functions of OpenSSL work on a value of the caller's and cannot fail. The newer ones, which OpenSSL 3 would
/// rather have called, look for a provider first: that takes longer than to hash the few bytes of an identity, and may
/// find none.
package enum SHA256 {
  /// The 32 bytes of the hash.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(CollectionOfOne(bytes)) }

  /// The 32 bytes of the hash of the parts, one after the other.
  package static func hash(_ parts: some Sequence<[UInt8]>) -> [UInt8] {
    var context = SHA256_CTX()
    SHA256_Init(&context)
    for part in parts { SHA256_Update(&context, part, part.count) }
    return [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { hash, count in
      SHA256_Final(hash.baseAddress, &context)
      count = Int(SHA256_DIGEST_LENGTH)
    }
  }
}
