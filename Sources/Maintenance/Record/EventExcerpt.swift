package import BSON
package import Pipeline
import Synchronization

/// One stored event as a timeline of its own: the state that it needs, then the event. Replayed into a new store, it makes
/// what the event makes by the state as it is now.
package struct EventExcerpt: Sendable {
  /// The lines, without their line breaks; the last one is the event.
  package let lines: [[UInt8]]

  /// Why the state is left out.
  package enum Refusal: Error, Equatable {
    /// It has more bytes than may be copied.
    case tooLarge
    /// The event or a record of the state is none that a timeline can hold.
    case unwritable
  }

  /// - Parameters:
  ///   - mostBytes: The most bytes of all lines together.
  /// - Throws: ``Refusal``, or what the store has thrown.
  package init(
    of event: BSONDocument, in store: any Directory & StateRecords, mostBytes: Int
  ) async throws {
    let written = WrittenLines(most: mostBytes)
    let mask = try RecordingMask([])
    let capture = StateCapture(store, mask: mask) { try written.append($0) }
    try await NeededState(directory: store, capture: capture).write(for: [event])
    if await capture.unwritable > 0 { throw Refusal.unwritable }
    try written.append(JSONWriter.text(event))
    lines = written.lines
  }
}

/// Lines in memory, up to so many bytes.
private final class WrittenLines: Sendable {
  private let state = Mutex<(lines: [[UInt8]], bytes: Int)>(([], 0))
  private let most: Int

  init(most: Int) {
    self.most = most
  }

  var lines: [[UInt8]] { state.withLock { $0.lines } }

  func append(_ line: [UInt8]) throws(EventExcerpt.Refusal) {
    let isTooLarge = state.withLock { state in
      state.bytes += line.count
      if state.bytes <= most { state.lines.append(line) }
      return state.bytes > most
    }
    if isTooLarge { throw .tooLarge }
  }
}
