/// An input that was handled as it must never be.
package struct Finding: Error, CustomStringConvertible {
  /// What is wrong, with the input.
  package let description: String

  init(_ what: String, _ input: [UInt8]) {
    description = "\(what); the input: \(String(decoding: input.prefix(40_000), as: UTF8.self))"
  }

  /// - Throws: ``Finding`` unless `condition` holds.
  static func expect(_ condition: Bool, _ what: @autoclosure () -> String, _ input: [UInt8]) throws(Finding) {
    if !condition { throw Finding(what(), input) }
  }
}
