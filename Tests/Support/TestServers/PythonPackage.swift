package import Foundation
import TestKit

/// A package of PyPI in a virtual environment of its own, which is made once and kept in `.build`.
package enum PythonPackage {
  /// Installs the package if necessary; returns the folder of the programs.
  ///
  /// - Parameter name: With its version: `name==1.2`.
  package static func programs(_ name: String) throws -> URL {
    let parent = Repository.file(".build/test-servers")
    let folder = parent.appendingPathComponent(name.replacing("==", with: "-"))
    let programs = folder.appendingPathComponent("bin")
    // Written last, so that it marks a complete installation.
    let mark = folder.appendingPathComponent("complete")
    if FileManager.default.fileExists(atPath: mark.path) { return programs }
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try command("/usr/bin/env", ["python3", "-m", "venv", "--clear", folder.path])
    try command(programs.appendingPathComponent("pip").path, ["install", "--quiet", name])
    try Data().write(to: mark)
    return programs
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
