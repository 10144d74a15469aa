import Foundation

/// A folder of its own that goes with this object.
package final class TemporaryFolder: Sendable {
  private let url: URL

  /// Makes the folder.
  package init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("chat3-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      print("could not remove \(url.path): \(error)")
    }
  }

  /// The folder itself.
  package var path: String { url.path }

  /// A path in the folder.
  package func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
