import Updates
import Support
import BSON
import Foundation
package import Pipeline

/// Publishes updates as lines of JSON to a file descriptor (spec section 10, `--publish stdout`).
package actor LinePublisher: UpdatePublisher {
  private let executor = ThreadExecutor(name: "lines")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let descriptor: Int32

  /// The caller keeps ownership of `descriptor` and closes it.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  package func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    var output = JSONWriter(capacity: messages.reduce(0) { $0 + $1.body.count + 192 })
    for message in messages {
      output.append(raw: "{\"routingKey\":")
      output.append(string: message.routingKey)
      output.append(raw: ",\"messageId\":")
      output.append(message.id)
      output.append(raw: ",\"type\":")
      output.append(string: message.type?.rawValue ?? message.eventType)
      output.append(raw: ",\"body\":")
      output.append(raw: message.body)
      output.append(raw: "}\n")
    }
    try writeAll(output.bytes)
    return [:]
  }

  private func writeAll(_ bytes: [UInt8]) throws(TimelineError) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        let code = errno
        throw TimelineError(
          code == EPIPE ? .brokenPipe : .output,
          "the updates cannot be written: \(String(cString: strerror(code)))")
      }
      written += count
    }
  }
}
