import CommandHarness
import Foundation
import TestKit
import Testing

/// `operations/chat3-update-worker.service` as systemd reads it.
@Suite struct ServiceUnitTests {
  private let unit: String

  init() throws {
    unit = try String(contentsOf: Repository.file("operations/chat3-update-worker.service"), encoding: .utf8)
  }

  private func values(of key: String) -> [String] {
    unit.split(separator: "\n").filter { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
  }

  /// What systemd-analyze says of a unit that starts the executable under test.
  private func analyze(_ arguments: String..., text: String) throws -> CommandResult {
    let command = try Command()
    let path = try command.write(
      "chat3-update-worker.service",
      text.replacing("/usr/local/bin/chat3-update-worker", with: Command.executable))
    return try command.run("systemd-analyze", arguments + [path])
  }

  @Test func `systemd-analyze verify has nothing to say against it`() throws {
    let verified = try analyze("verify", "--man=no", text: unit)
    #expect(verified.status == 0 && verified.errors == "" && verified.output == "", "\(verified.errors)")
  }

  @Test func `systemd-analyze verify notices a directive that does not exist`() throws {
    let verified = try analyze("verify", "--man=no", text: unit.replacing("UMask=", with: "UMasks="))
    #expect(verified.errors.contains("UMasks"))
  }

  @Test func `its exposure is at most 1.5 of 10`() throws {
    let rated = try analyze("security", "--offline=true", "--no-pager", "--threshold=15", text: unit)
    #expect(rated.status == 0, "\(rated.output.suffix(200))")
  }

  @Test func `it leaves the worker more time to stop than its grace period`() throws {
    let timeout = try #require(values(of: "TimeoutStopSec").first.flatMap(Double.init))
    #expect(timeout > 25)
  }

  @Test func `every credential that it hands over is read`() throws {
    let names = values(of: "LoadCredential").compactMap { $0.split(separator: ":").first }
    #expect(names.count == 2)
    let environment = values(of: "Environment").joined(separator: " ")
    for name in names { #expect(environment.contains("_FILE=%d/\(name)")) }
  }
}
