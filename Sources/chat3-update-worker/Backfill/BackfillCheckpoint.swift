import Foundation

/// How far a backfill has come, in a file: whoever is killed goes on from there.
struct BackfillCheckpoint: Sendable {
  /// What the file holds.
  struct Content: Codable, Sendable {
    /// The tenant, `nil` for all.
    let tenant: String?
    /// The range, in milliseconds since 1970.
    let since: Double
    let until: Double
    /// `createdAt` of the last event that is done with.
    var position: Double
  }

  let path: String

  /// What an earlier run has left; `nil` when there is no such file.
  ///
  /// - Throws: ``Failure`` (64) when the file is something else.
  func read() throws -> Content? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try JSONDecoder().decode(Content.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw Failure(
        .usage, "\(path) is no checkpoint of a backfill; name another file, or remove it to start anew")
    }
  }

  /// Replaces the file, whole or not at all.
  ///
  /// - Throws: ``Failure`` (69) when it cannot be written.
  func write(_ content: Content) throws {
    do {
      try JSONEncoder().encode(content).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(.unavailable, "the checkpoint \(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// Removes the file: there is nothing to go on with.
  func remove() throws {
    do {
      if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    } catch {
      throw Failure(.unavailable, "the checkpoint \(path) cannot be removed: \(error.localizedDescription)")
    }
  }
}
