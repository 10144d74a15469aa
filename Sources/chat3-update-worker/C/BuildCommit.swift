import CBuild

/// The commit that the program was built from.
enum BuildCommit {
  /// Hexadecimal digits; `nil` when whoever built the program has not said.
  static var current: String? {
    let text = String(cString: chat3_build_commit())
    return text.isEmpty ? nil : text
  }
}
