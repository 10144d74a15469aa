import Foundation
import Support

/// Writes the lines of a timeline to a file or to standard output, each at once. What is in the file is always
/// whole lines, also after a line that could not be written.
package actor TimelineWriter {
  private let executor = ThreadExecutor(name: "timeline-writer")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let descriptor: Int32
  private let isOwned: Bool
  private let name: String

  /// Writes to standard output.
  package init() {
    (descriptor, isOwned, name) = (STDOUT_FILENO, false, "standard output")
  }

  /// Makes the file at `path`, which only its owner may read.
  ///
  /// - Parameter overwrites: Whether a file that is there already is emptied.
  /// - Throws: ``TimelineError``, with the code `exists` when the file is there and is not to be overwritten.
  package init(path: String, overwrites: Bool) throws(TimelineError) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (overwrites ? O_TRUNC : O_EXCL)
    let descriptor = open(path, flags, 0o600)
    let code = errno
    guard descriptor >= 0 else {
      throw code == EEXIST
        ? TimelineError(.exists, "\(path) exists already")
        : TimelineError(.output, "\(path) cannot be written: \(String(cString: strerror(code)))")
    }
    (self.descriptor, isOwned, name) = (descriptor, true, path)
  }

  deinit {
    if isOwned { close(descriptor) }
  }

  /// Writes a line; the line break is added.
  package func write(_ line: [UInt8]) throws(TimelineError) {
    let bytes = line + [UInt8(ascii: "\n")]
    var written = 0
    while written < bytes.count {
      let (count, code) = bytes[written...].withUnsafeBytes { rest in
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        return (count, errno)
      }
      if count >= 0 {
        written += count
      } else if code != EINTR {
        if written > 0 { takeBack(written) }
        throw TimelineError(
          code == EPIPE ? .brokenPipe : .output,
          "\(name) cannot be written: \(String(cString: strerror(code)))")
      }
    }
  }

  /// Removes the bytes that were written last, the beginning of a line. A pipe keeps them.
  private func takeBack(_ count: Int) {
    var status = stat()
    let end = lseek(descriptor, 0, SEEK_CUR)
    guard end >= count, fstat(descriptor, &status) == 0, status.st_size == end else { return }
    if ftruncate(descriptor, end - off_t(count)) == 0 { _ = lseek(descriptor, end - off_t(count), SEEK_SET) }
  }
}
