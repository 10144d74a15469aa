package import Foundation
import TestKit

/// A package of PyPI in a virtual environment of its own, which is made once and kept in `.build`.
package enum PythonPackage {
  /// Installs the package if necessary; returns the folder of the programs.
  ///
  /// - Parameter name: With its version: `NAME==VERSION`.
  package static func programs(_ name: String) throws -> URL {
    try command(Repository.file("scripts/python-package").path, [name])
    return Repository.file(".build/test-servers/\(name.replacing("==", with: "-"))/bin")
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
