import FoundationEssentials

// Turns values that plain JSON has no type for into text. They never come from events, only from records that
// another program stored.

/// `2025-11-19T11:22:49.397Z`, as JavaScript's `Date.prototype.toJSON` prints it; `nil` outside the range of
/// a JavaScript date (ECMA-262, 21.4.1.1).
func isoDate(milliseconds: Int64) -> String? {
  guard milliseconds.magnitude <= 8_640_000_000_000_000 else { return nil }
  // Whole seconds go through Foundation; the fraction is added here, because a double of seconds rounds it.
  let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
  let seconds = remainder < 0 ? quotient - 1 : quotient
  let fraction = String(1000 + milliseconds - seconds * 1000).dropFirst()
  let date = Date(timeIntervalSince1970: Double(seconds))
  return date.formatted(.iso8601).dropLast() + "." + fraction + "Z"
}

/// Base64 (RFC 4648, section 4) with padding.
func base64(_ bytes: Span<UInt8>) -> String {
  bytes.withUnsafeBufferPointer { Data($0) }.base64EncodedString()
}
