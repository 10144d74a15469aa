import BSON
package import Pipeline
import Updates

/// Writes what a tap delivers as a timeline (spec section 9; operations, section 6). One task runs it;
/// ``stop()`` may be called from anywhere.
package actor EventRecorder {
  /// Events for which the state is looked up at once.
  private static let slice = 50

  let tap: any EventTap
  private let directory: (any Directory)?
  private let capture: StateCapture?
  private let selection: EventSelection
  private let mask: RecordingMask
  private let limit: Int?
  let waits: Bool
  let pauses: RetryPause
  private let prepareState: @Sendable () async throws -> Void
  private let write: @Sendable ([UInt8]) async throws -> Void
  let notice: @Sendable (RecordNotice) -> Void

  package private(set) var tally = RecordTally()
  var isStopping = false
  var isWaiting = false
  var pause: Task<Void, any Error>?

  /// - Parameters:
  ///   - state: Where the state is looked up; `nil` means that events are recorded without their state.
  ///   - limit: How many events are recorded at most.
  ///   - waits: Whether an outage is waited out; if not, it ends ``run()`` with its error.
  ///   - prepareState: Throws as long as the state cannot be looked up.
  ///   - write: Writes a line, which comes without its line break.
  package init(
    tap: any EventTap, state: (directory: any Directory, records: any StateRecords)? = nil,
    selection: EventSelection,
    mask: RecordingMask, limit: Int? = nil, waits: Bool = true, pauses: RetryPause = RetryPause(),
    prepareState: @escaping @Sendable () async throws -> Void = {},
    write: @escaping @Sendable ([UInt8]) async throws -> Void,
    notice: @escaping @Sendable (RecordNotice) -> Void = { _ in }
  ) {
    self.tap = tap
    directory = state?.directory
    capture = state.map { StateCapture($0.records, mask: mask, write: write) }
    self.selection = selection
    self.mask = mask
    self.limit = limit
    self.waits = waits
    self.pauses = pauses
    self.prepareState = prepareState
    self.write = write
    self.notice = notice
  }

  /// Records until ``stop()``, or until the limit is reached.
  ///
  /// - Throws: A `ServerFault` that waiting cannot mend, or what `write` has thrown.
  package func run() async throws {
    do {
      try await record()
    } catch {
      await finish()
      throw error
    }
    await finish()
  }

  /// Takes no more events. What is in hand is written, and then ``run()`` returns.
  package func stop() async throws {
    isStopping = true
    pause?.cancel()
    do {
      try await tap.release()
    } catch let fault as any ServerFault where fault.isRetryable {
      // A lost connection delivers nothing more.
      return
    }
  }

  private func record() async throws {
    guard try await untilItWorks({ try await self.prepareState() }) else { return }
    guard try await untilItWorks({ try await self.tap.connect() }) else { return }
    endWaiting(gap: nil)
    notice(.ready)
    while !isStopping, limit.map({ tally.recorded < $0 }) ?? true {
      let bodies: [[UInt8]]
      do {
        bodies = try await tap.next(limit: Self.slice)
      } catch let fault as any ServerFault where fault.isRetryable {
        if isStopping { return }
        try await reconnect(after: fault)
        continue
      }
      if bodies.isEmpty { return }
      try await record(bodies)
      notice(.progress(tally))
    }
  }

  private func finish() async {
    tally.dropped = await tap.dropped()
    await tap.close()
  }

  /// Waits until the tap is connected again, and notes in the recording for how long it was not.
  private func reconnect(after fault: any ServerFault) async throws {
    guard waits else { throw fault }
    let start = ContinuousClock.now
    begin(waitingFor: fault)
    guard try await untilItWorks({ try await self.tap.connect() }) else { return }
    let gap = ContinuousClock.now - start
    tally.gaps.append(gap)
    try await write(
      Array("# Events are missing here: for \(gap.inSeconds) s there was no connection to RabbitMQ.".utf8))
    endWaiting(gap: gap)
  }

  // MARK: - Events

  private struct Line {
    let event: BSONDocument
    let text: [UInt8]
  }

  private func record(_ bodies: [[UInt8]]) async throws {
    var lines: [Line] = []
    for body in bodies {
      if let limit, tally.recorded + lines.count >= limit { break }
      tally.received += 1
      if let line = try await line(body) { lines.append(line) }
    }
    guard !lines.isEmpty else { return }
    if let directory, let capture {
      let needed = NeededState(directory: directory, capture: capture)
      let events = lines.map(\.event)
      let isWritten = try await untilItWorks { try await needed.write(for: events) }
      (tally.records, tally.deletions) = (await capture.written, await capture.deleted)
      tally.unwritableRecords = await capture.unwritable
      guard isWritten else { return tally.givenUp += lines.count }
      endWaiting(gap: nil)
    }
    for line in lines {
      try await write(line.text)
      tally.events[line.event["eventType"]?.string ?? "without a type", default: 0] += 1
    }
  }

  /// The event as a line of the timeline; `nil` when it is not selected or cannot be one.
  private func line(_ body: [UInt8]) async throws -> Line? {
    let event: BSONDocument
    let text: [UInt8]
    do throws(JSONError) {
      event = try JSONReader.object(body)
      text = try CompactJSON.line(body, mask: mask)
    } catch {
      tally.unrecordable[.notJSON, default: 0] += 1
      return nil
    }
    var isSelected = false
    let isKnown = try await untilItWorks {
      isSelected = try await self.selection.contains(event, directory: self.directory)
    }
    guard isKnown else {
      tally.givenUp += 1
      return nil
    }
    guard isSelected else {
      tally.passedOver += 1
      return nil
    }
    if StateChange.isStateLine(event) {
      tally.unrecordable[.stateLine, default: 0] += 1
    } else if text.count > BSONDocument.largestStored {
      tally.unrecordable[.tooLong, default: 0] += 1
    } else {
      return Line(event: event, text: text)
    }
    return nil
  }
}

extension Duration {
  /// In seconds, to a tenth.
  package var inSeconds: String {
    let tenths =
      components.seconds * 10 + (components.attoseconds + 50_000_000_000_000_000) / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
