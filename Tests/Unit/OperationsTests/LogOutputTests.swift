import Foundation
import Logging
import Operations
import TestKit
import TestTraits
import Testing

@Suite(.bounded) struct LogOutputTests {
  /// What a logger has written to a file, as objects.
  private func logged(
    level: Logger.Level = .info, _ body: (Logger, LogOutput) async throws -> Void
  ) async throws -> [[String: Any]] {
    let folder = try TemporaryFolder()
    let descriptor = open(folder.path("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let output = LogOutput(.json, descriptor: descriptor)
    try await body(output.logger(level: level), output)
    return try Data(contentsOf: URL(fileURLWithPath: folder.path("log"))).split(separator: UInt8(ascii: "\n"))
      .map {
        try #require(try JSONSerialization.jsonObject(with: $0) as? [String: Any])
      }
  }

  @Test func `lines of many threads never mix`() async throws {
    let text = String(repeating: "x", count: 3000)
    let lines = try await logged(level: .debug) { logger, _ in
      await withTaskGroup(of: Void.self) { group in
        for task in 0..<8 {
          group.addTask {
            for line in 0..<200 { logger.debug("m", metadata: ["id": "\(task)-\(line)", "text": "\(text)"]) }
          }
        }
      }
    }
    #expect(Set(lines.compactMap { $0["id"] as? String }).count == 1600)
    #expect(lines.allSatisfy { $0["text"] as? String == text })
  }

  @Test func `what was counted is told at the end, with what the lines have in common`() async throws {
    let lines = try await logged { logger, output in
      for number in 0..<25 {
        logger.warning("waiting", metadata: ["peer": "mongodb", "reason": "down", "event.id": "\(number)"])
      }
      output.finish()
    }
    #expect(lines.count == 11)
    let last = try #require(lines.last)
    #expect(last["suppressed"] as? Int == 15 && last["event.id"] == nil)
    #expect(last["message"] as? String == "waiting" && last["level"] as? String == "warning")
    #expect(last["peer"] as? String == "mongodb" && last["reason"] as? String == "down")
  }

  @Test func `metadata of the logger, of the line and an error are all told`() async throws {
    let lines = try await logged { logger, _ in
      var logger = logger
      logger[metadataKey: "queue"] = "q"
      logger.info("a", metadata: ["peer": "consume"])
      logger.info("b", error: CancellationError())
      logger.debug("not at this level")
    }
    #expect(lines.count == 2)
    #expect(lines.first?["queue"] as? String == "q" && lines.first?["peer"] as? String == "consume")
    #expect(lines.last?["error"] as? String == "CancellationError()")
  }
}
