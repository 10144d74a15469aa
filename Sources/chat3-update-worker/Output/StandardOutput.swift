import Foundation

/// Writes to standard output; false when nobody reads any more.
///
/// - Throws: ``Failure`` (69) when it cannot be written.
func writeOutput(_ bytes: [UInt8]) throws -> Bool {
  do {
    try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    return true
  } catch {
    if errno == EPIPE { return false }
    throw Failure(.unavailable, "standard output cannot be written: \(error.localizedDescription)")
  }
}
