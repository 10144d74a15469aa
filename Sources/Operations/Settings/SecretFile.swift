import Foundation

/// A file that holds one setting, as the secrets of Docker and Kubernetes do. What is said of it never quotes it.
package struct SecretFile {
  /// Longer files, in bytes, are no setting.
  private static let longest = 64 << 10

  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Why a file cannot be used.
  package struct Unusable: Error {
    /// What the file is, or why it cannot be read.
    package let reason: String
  }

  /// The text of the file without one newline at its end.
  package func content() throws(Unusable) -> String {
    var bytes = try read()
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else { throw Unusable(reason: "is empty") }
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      throw Unusable(reason: "is not text in UTF-8")
    }
    return text
  }

  /// All bytes; the file may be a pipe, as `<(…)` of a shell is.
  private func read() throws(Unusable) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= Self.longest {
      var (count, code): (Int, Int32) = (0, 0)
      let block = [UInt8](unsafeUninitializedCapacity: Self.longest + 1) { block, initialized in
        count = Foundation.read(descriptor, block.baseAddress, Self.longest + 1)
        code = errno
        initialized = max(0, count)
      }
      if count < 0, code == EINTR { continue }
      guard count >= 0 else { throw Self.unreadable(code) }
      if count == 0 { return bytes }
      bytes += block
    }
    throw Unusable(reason: "is longer than \(Self.longest) bytes, which no setting is")
  }

  private static func unreadable(_ code: Int32) -> Unusable {
    Unusable(reason: "cannot be read: \(String(cString: strerror(code)))")
  }
}
