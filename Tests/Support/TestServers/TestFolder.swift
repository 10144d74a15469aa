import Foundation
import Synchronization

/// Folders of servers. All are removed when the test run ends.
enum TestFolder {
  private static let folders = Mutex<Set<URL>>([])
  private static let removesAtExit: Void = {
    atexit { TestFolder.removeAll() }
  }()

  /// Makes a new, empty folder.
  static func make(_ name: String) throws -> URL {
    _ = removesAtExit
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "chat3-\(name)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    _ = folders.withLock { $0.insert(folder) }
    return folder
  }

  /// Removes a folder with everything in it.
  static func remove(_ folder: URL) {
    guard folders.withLock({ $0.remove(folder) }) != nil else { return }
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      print("The folder of a test's server stays: \(error)")
    }
  }

  private static func removeAll() {
    for folder in folders.withLock({ $0 }) { remove(folder) }
  }
}
