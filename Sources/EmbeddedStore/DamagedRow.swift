/// A row whose content contradicts itself. Becomes an ``EmbeddedStoreError`` that also names the file.
struct DamagedRow: Error {
  /// What is wrong, as a clause that fits in brackets.
  let reason: String
}
