import Foundation
import TestKit
import TestServers

/// A script of this folder that uses a headless Chromium, as a process of its own.
final class BrowserScript {
  /// More browsers at once than there are cores are slow for everybody.
  private static let turns = Turns(2)

  private let process: SpawnedProcess
  private let folder: TemporaryFolder

  private init(_ script: String, _ arguments: [String]) throws {
    folder = try TemporaryFolder()
    process = try SpawnedProcess(
      PythonPackage.programs("selenium==4.27.1").appendingPathComponent("python3").path,
      [Repository.file("Tests/Servers/InspectorServerTests/\(script)").path] + arguments, in: folder.path,
      output: folder.path("output"), errors: folder.path("errors"))
  }

  /// Runs a script, which must not complain. `body` goes along with it.
  static func run(
    _ script: String, _ arguments: [String], isolation: isolated (any Actor)? = #isolation,
    _ body: (BrowserScript) async throws -> Void = { _ in }
  ) async throws {
    await turns.take()
    defer { turns.giveBack() }
    let browser = try BrowserScript(script, arguments)
    do {
      try await body(browser)
      try await until("\(script) ends", within: .seconds(240)) { !browser.process.isRunning }
    } catch {
      browser.process.send(SIGTERM)
      throw TestServerError("\(error)\n\(browser.complaint)")
    }
    guard browser.process.wait() == .exited(0) else { throw TestServerError(browser.complaint) }
  }

  /// Waits until a word is the last that it has said.
  func says(_ word: String) async throws {
    try await until("the browser says \(word)") {
      if text("output").split(separator: "\n").last == word[...] { return true }
      guard process.isRunning else { throw TestServerError("the script has ended") }
      return false
    }
  }

  private var complaint: String { text("output") + text("errors") }

  private func text(_ file: String) -> String {
    String(decoding: FileManager.default.contents(atPath: folder.path(file)) ?? Data(), as: UTF8.self)
  }
}
