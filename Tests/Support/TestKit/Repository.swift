package import Foundation

/// The checkout that the tests were built from.
package enum Repository {
  private static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    // This file is Tests/Support/TestKit/Repository.swift.
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return folder
  }()

  /// A file or folder by its path from the top of the repository.
  package static func file(_ path: String) -> URL { root.appendingPathComponent(path) }
}
