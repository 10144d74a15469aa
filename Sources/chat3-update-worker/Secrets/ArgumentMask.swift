/// Which bytes of an argument could be credentials: everything after the scheme of a URL, and all of a value that has an
/// `@` in it. This is wide on purpose: nobody can tell where the password is in a URL that makes no sense.
struct ArgumentMask: Equatable {
  /// The offsets of the bytes to hide.
  let hidden: Range<Int>

  /// `nil` when there is nothing to hide.
  init?(of argument: [UInt8]) {
    let separator = Array("://".utf8)
    let start: Int
    if let scheme = argument.firstRange(of: separator) {
      start = scheme.upperBound
    } else if argument.contains(UInt8(ascii: "@")) {
      let isFlag = argument.starts(with: "--".utf8)
      start = (isFlag ? argument.firstIndex(of: UInt8(ascii: "=")) : nil).map { $0 + 1 } ?? 0
    } else {
      return nil
    }
    guard start < argument.count else { return nil }
    hidden = start..<argument.count
  }
}

extension ArgumentMask {
  /// The message without anything that is hidden in these arguments.
  static func hiding(_ arguments: [String], in message: String) -> String {
    var message = message
    for argument in arguments.map({ Array($0.utf8) }) {
      guard let mask = ArgumentMask(of: argument) else { continue }
      message = message.replacing(String(decoding: argument[mask.hidden], as: UTF8.self), with: "***")
    }
    return message
  }
}
