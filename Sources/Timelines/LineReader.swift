import BSON
import Foundation

/// Reads a file or standard input line by line in bounded memory.
final class LineReader {
  /// The longest line that is read, in bytes, because MongoDB stores no larger document. Longer lines are
  /// skipped and reported.
  static let longest = BSONDocument.largestStored
  private static let block = 256 << 10

  enum Line {
    case text([UInt8])
    /// Longer than ``longest``; its text is not kept.
    case tooLong
  }

  private let descriptor: Int32
  private let name: String
  /// Whether the lines lie in a file, so that reading does not wait for somebody to write them.
  let isFile: Bool
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  /// Bytes taken from the file so far.
  private(set) var bytesRead = 0

  /// Opens the file at `path`; `-` is standard input.
  init(_ path: String) throws(TimelineError) {
    name = path == "-" ? "standard input" : path
    descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.error(name, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.error(name, errno) }
    isFile = try Self.size(status, name) != nil
  }

  /// The size in bytes of the file at `path`; `nil` for a pipe or the like. Nothing is opened, because a pipe
  /// that is opened and closed again has lost its reader.
  static func size(_ path: String) throws(TimelineError) -> Int? {
    var status = stat()
    guard (path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0 else {
      throw error(path == "-" ? "standard input" : path, errno)
    }
    return try size(status, path)
  }

  private static func size(_ status: stat, _ name: String) throws(TimelineError) -> Int? {
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw TimelineError(.input, "\(name) is a directory; name the timelines in it")
    }
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The next line without its line break; `nil` at the end of the file.
  func next() throws(TimelineError) -> Line? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        return take(to: end, skipping: 1)
      }
      if isAtEnd { return position < buffer.count ? take(to: buffer.count, skipping: 0) : nil }
      if buffer.count - position > Self.longest {
        try skipLine()
        return .tooLong
      }
      let held = buffer.count - position
      try fill()
      searched = position + held
    }
  }

  private func take(to end: Int, skipping ending: Int) -> Line {
    defer { position = end + ending }
    return end - position > Self.longest ? .tooLong : .text(Array(buffer[position..<end]))
  }

  /// Drops the rest of a line.
  private func skipLine() throws(TimelineError) {
    while true {
      if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
        position = end + 1
        return
      }
      position = buffer.count
      if isAtEnd { return }
      try fill()
    }
  }

  private func fill() throws(TimelineError) {
    if position > 0 {
      buffer.removeSubrange(..<position)
      position = 0
    }
    var (count, code): (Int, Int32) = (-1, 0)
    let block = [UInt8](unsafeUninitializedCapacity: Self.block) { bytes, initialized in
      repeat {
        count = read(descriptor, bytes.baseAddress, Self.block)
        code = errno
      } while count < 0 && code == EINTR
      initialized = max(0, count)
    }
    guard count >= 0 else { throw Self.error(name, code) }
    buffer.append(contentsOf: block)
    bytesRead += count
    isAtEnd = count == 0
  }

  private static func error(_ name: String, _ code: Int32) -> TimelineError {
    code == ENOENT
      ? TimelineError(.input, "there is no timeline at \(name)")
      : TimelineError(.input, "\(name) cannot be read: \(String(cString: strerror(code)))")
  }
}
