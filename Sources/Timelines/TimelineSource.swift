import Support
import BSON
package import Pipeline
import Updates

/// The lines of timelines (spec section 9) as a source of events. A state line is a barrier: it is applied
/// after everything before it has been handled, and before anything after it is handed out.
package actor TimelineSource: EventSource {
  private let executor = ThreadExecutor(name: "timeline")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let files: [String]
  private let state: (any StateStore)?
  private let badLines: BadLines
  private var reader: LineReader?
  private var file = -1
  private var line = 0
  private var bytesBefore = 0
  /// A state line that was read while events before it had yet to be handled.
  private var barrier: (document: BSONDocument, location: LineLocation)?
  /// The sizes of the events that were handed out and are not done with, in bytes, by their tags.
  private var sizes: [UInt64: Int] = [:]
  private var bytesInHand = 0

  /// Reads `files` one after the other; `-` is standard input. State lines go to `state`; if that is `nil`,
  /// they are checked and then skipped.
  package init(files: [String], state: (any StateStore)?, badLines: BadLines) {
    self.files = files
    self.state = state
    self.badLines = badLines
    badLines.name(files)
  }

  /// Bytes read so far from all files.
  package var bytesRead: Int { bytesBefore + (reader?.bytesRead ?? 0) }

  /// Which events were handled need not be noted here: the ledger of the store remembers them.
  package func acknowledge(_ tags: [UInt64]) async {
    for tag in tags { bytesInHand -= sizes.removeValue(forKey: tag) ?? 0 }
  }

  package func next(limit: Int) async throws -> [Delivery] {
    (sizes, bytesInHand) = ([:], 0)
    while true {
      if let (document, location) = barrier {
        barrier = nil
        try await apply(document, location)
      }
      let deliveries = try events(limit: limit, staysInFile: false)
      if !deliveries.isEmpty || barrier == nil { return deliveries }
    }
  }

  /// None from a pipe, whose next line may be written only once what was handed out is done with, and none from the next
  /// file, which may be one.
  package func arrived(limit: Int) async throws -> [Delivery] {
    reader?.isFile == true ? try events(limit: limit, staysInFile: true) : []
  }

  /// The events before the next state line, at most `limit`; fewer when they are large.
  private func events(limit: Int, staysInFile: Bool) throws -> [Delivery] {
    var deliveries: [Delivery] = []
    while barrier == nil, deliveries.count < limit, bytesInHand < LineReader.longest,
      let (content, location) = try nextContent(staysInFile: staysInFile)
    {
      if case .document(let document) = content {
        if StateChange.isStateLine(document) {
          barrier = (document, location)
          break
        }
        sizes[location.tag] = document.bytes.count
        bytesInHand += document.bytes.count
      }
      deliveries.append(Delivery(content: content, tag: location.tag))
    }
    return deliveries
  }

  private func apply(_ document: BSONDocument, _ location: LineLocation) async throws {
    do {
      let change = try StateChange(document)
      try await state?.apply(change)
    } catch let error as BadEvent {
      badLines.add(location, error)
    }
  }

  /// The next line that is neither blank nor a comment.
  private func nextContent(staysInFile: Bool) throws -> (Delivery.Content, LineLocation)? {
    while true {
      guard let next = try nextLine(staysInFile: staysInFile) else { return nil }
      let location = LineLocation(file: file, line: line)
      switch next {
      case .tooLong:
        let reason = "is longer than \(LineReader.longest) bytes, which no stored event can be"
        return (.unreadable(BadEvent("the line", reason, .unreadable)), location)
      case .text(let text):
        if text.first == UInt8(ascii: "#") || text.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
          continue
        }
        do throws(JSONError) {
          return (.document(try JSONReader.object(text)), location)
        } catch {
          return (.unreadable(BadEvent(nil, error.description, .unreadable)), location)
        }
      }
    }
  }

  private func nextLine(staysInFile: Bool) throws -> LineReader.Line? {
    while true {
      if let reader {
        if let next = try reader.next() {
          line += 1
          return next
        }
        if staysInFile { return nil }
        bytesBefore += reader.bytesRead
      }
      reader = nil
      guard file + 1 < files.count else { return nil }
      file += 1
      line = 0
      reader = try LineReader(files[file])
    }
  }

  /// The size of all files in bytes; `nil` when one of them is a pipe or the like.
  ///
  /// - Throws: ``TimelineError`` when one of them cannot be read.
  package static func size(of files: [String]) throws -> Int? {
    var total: Int? = 0
    for file in files {
      let size = try LineReader.size(file)
      total = total.flatMap { total in size.map { total + $0 } }
    }
    return total
  }
}
