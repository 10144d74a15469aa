extension ExactString {
  /// JavaScript's `trim().toLowerCase()`: how existing installations store `users.userId`.
  var trimmedLowerCase: ExactString {
    var scalars = Array(text.unicodeScalars)
    while let first = scalars.first, first.isTrimmedByJavaScript { scalars.removeFirst() }
    while let last = scalars.last, last.isTrimmedByJavaScript { scalars.removeLast() }
    var trimmed = String.UnicodeScalarView()
    trimmed.append(contentsOf: scalars)
    return ExactString(String(trimmed).lowercased())
  }
}

extension Unicode.Scalar {
  /// White space and line ends of ECMAScript.
  fileprivate var isTrimmedByJavaScript: Bool {
    switch value {
    case 0x09...0x0D, 0x20, 0xA0, 0x1680, 0x2000...0x200A: true
    case 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF: true
    default: false
    }
  }
}
