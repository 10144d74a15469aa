import Foundation

/// `2025-11-19 11:22:49.397` of milliseconds since 1970.
package func time(_ milliseconds: Double) -> String {
  // Only a damaged or foreign record has a time that no date can show.
  guard milliseconds.magnitude <= 8.64e15 else { return "?" }
  let date = Date(timeIntervalSince1970: (milliseconds / 1000).rounded(.down))
  let fraction = Int(milliseconds - (milliseconds / 1000).rounded(.down) * 1000)
  let text = date.formatted(.iso8601).replacing("T", with: " ").replacing("Z", with: "")
  return text + "." + String(1000 + fraction).dropFirst()
}
