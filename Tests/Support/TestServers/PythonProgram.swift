import Foundation
import Synchronization
import TestKit

/// A program of a package from PyPI, in a virtual environment under `.build/test-servers` that is made once and
/// kept.
package final class PythonProgram: Sendable {
  private let package: String
  private let name: String
  private let installed = Mutex<String?>(nil)

  /// - Parameters:
  ///   - package: The package with its version, as `name==version`.
  ///   - name: The program.
  package init(_ package: String, _ name: String) {
    self.package = package
    self.name = name
  }

  /// The path of the program, which is installed if necessary. A file that is written last marks a complete
  /// installation.
  package func path() throws -> String {
    try installed.withLock { installed in
      if let installed { return installed }
      let parent = Repository.file(".build/test-servers")
      let folder = parent.appendingPathComponent(package.replacing("==", with: "-"))
      let program = folder.appendingPathComponent("bin/\(name)").path
      let mark = folder.appendingPathComponent("complete")
      if !FileManager.default.fileExists(atPath: mark.path) {
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Self.command("/usr/bin/env", ["python3", "-m", "venv", "--clear", folder.path])
        try Self.command(
          folder.appendingPathComponent("bin/pip").path,
          ["install", "--quiet", "--disable-pip-version-check", package])
        try Data().write(to: mark)
      }
      installed = program
      return program
    }
  }

  private static func command(_ program: String, _ arguments: [String]) throws {
    let folder = try TestFolder.make("install")
    defer { TestFolder.remove(folder) }
    let output = folder.appendingPathComponent("output").path
    let process = try SpawnedProcess(program, arguments, in: folder.path, output: output, errors: output)
    guard process.wait() == .exited(0) else {
      let words = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
      throw TestServerError("\(program) \(arguments.joined(separator: " ")) failed: \(words)")
    }
  }
}
