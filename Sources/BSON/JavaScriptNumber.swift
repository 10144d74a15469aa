/// A double as JavaScript's `Number::toString` prints it (ECMA-262, 6.1.6.1.20): the shortest digits that
/// read back exactly, with an exponent below 1e-6 and from 1e21 on. NaN and the infinities become `null`, as
/// in `JSON.stringify`.
func javaScriptNumber(_ value: Double) -> String {
  guard value.isFinite else { return "null" }
  if value == 0 { return "0" }
  let (digits, exponent) = shortestDigits(value.magnitude)
  let sign = value < 0 ? "-" : ""
  let count = digits.count
  // The value is 0.DIGITS × 10^exponent, `exponent` being ECMA-262's n.
  if exponent > 21 || exponent < -5 {
    let rest = digits.dropFirst()
    let power = exponent - 1
    return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + (power < 0 ? "e-" : "e+")
      + String(power.magnitude)
  }
  if exponent >= count { return sign + digits + String(repeating: "0", count: exponent - count) }
  if exponent > 0 { return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent) }
  return sign + "0." + String(repeating: "0", count: -exponent) + digits
}

/// The shortest digits, without leading and trailing zeros, and the power of ten by which `0.DIGITS` is
/// multiplied. Swift's own description has the shortest digits; only its layout differs from JavaScript's.
private func shortestDigits(_ value: Double) -> (digits: String, exponent: Int) {
  let description = value.description
  let halves = description.split(separator: "e")
  let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
  let whole = mantissa[0]
  let fraction = mantissa.count > 1 ? mantissa[1] : ""
  let power = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
  let all = whole + fraction
  let leading = all.prefix { $0 == "0" }.count
  var digits = all.dropFirst(leading)
  while digits.last == "0" { digits.removeLast() }
  return (String(digits), whole.count - leading + power)
}
