import Pipeline
import Updates

/// One tap of the published updates for everybody who looks on. It is there while somebody does.
actor SharedTap {
  /// Updates that are taken at once.
  private static let sliceSize = 100

  private struct Viewer {
    let query: UpdateQuery
    let keys: Set<String>
    let inbox: LiveInbox
  }

  private let tap: any UpdateTap
  /// An error as a sentence.
  private let sentence: @Sendable (any Error) -> String
  private let firstPause: RetryPause
  private var viewers: [Int: Viewer] = [:]
  private var lastNumber = 0
  /// Takes what is published, while there are viewers.
  private var running: Task<Void, Never>?
  /// The last one that was cancelled, which may not have let go of the tap yet.
  private var ending: Task<Void, Never>?
  /// Changes what the tap is bound to.
  private var binding: Task<Void, Never>?
  private var bound: Set<String> = []
  private var isConnected = false
  private var source = LiveSource.opening

  init(
    _ tap: any UpdateTap, pause: RetryPause = RetryPause(),
    sentence: @escaping @Sendable (any Error) -> String
  ) {
    self.tap = tap
    self.sentence = sentence
    firstPause = pause
  }

  /// What all viewers need together.
  private var wanted: Set<String> { viewers.values.reduce(into: []) { $0.formUnion($1.keys) } }

  /// Puts what is published and matches into an inbox from now on; returns the number of this viewer, or `nil` where
  /// nothing that is published can match.
  func join(_ query: UpdateQuery, _ inbox: LiveInbox) -> Int? {
    let keys = query.bindingKeys
    guard !keys.isEmpty else { return nil }
    lastNumber += 1
    viewers[lastNumber] = Viewer(query: query, keys: keys, inbox: inbox)
    inbox.tell(published: isConnected && !keys.isSubset(of: bound) ? .opening : source)
    if running == nil {
      source = .opening
      inbox.tell(published: source)
      let ending = ending
      running = Task {
        await ending?.value
        await run()
      }
    }
    rebind()
    return lastNumber
  }

  func leave(_ number: Int) {
    viewers[number] = nil
    if viewers.isEmpty { end() } else { rebind() }
  }

  /// Lets go of the tap; returns once it is closed.
  func close() async {
    viewers = [:]
    end()
    await ending?.value
  }

  private func end() {
    guard let running else { return }
    running.cancel()
    ending = running
    self.running = nil
  }

  /// Takes what is published until the task is cancelled, and connects again whenever the connection is lost.
  private func run() async {
    var pause = firstPause
    while !Task.isCancelled {
      do {
        // One thing at a time: the tap that is connected again must not be bound by what was asked of the last one.
        await binding?.value
        let keys = wanted
        try await tap.connect(to: keys)
        (bound, isConnected) = (keys, true)
        tell(.following)
        rebind()
        pause = firstPause
        while true { hand(try await tap.next(limit: Self.sliceSize)) }
      } catch {
        isConnected = false
        if Task.isCancelled { break }
        tell(.waiting(sentence(error)))
      }
      await tap.close()
      do { try await Task.sleep(for: pause.next(random: .random(in: 0..<1))) } catch { break }
    }
    isConnected = false
    await binding?.value
    await tap.close()
  }

  /// Gives each viewer what matches.
  private func hand(_ tapped: TappedUpdates) {
    for viewer in viewers.values {
      viewer.inbox.add(published: tapped.updates.filter(viewer.query.matches), missed: tapped.missed)
    }
  }

  private func tell(_ source: LiveSource) {
    self.source = source
    for viewer in viewers.values {
      let isBound = source != .following || viewer.keys.isSubset(of: bound)
      viewer.inbox.tell(published: isBound ? source : .opening)
    }
  }

  /// Binds the tap to what is wanted, one change after the other.
  private func rebind() {
    guard isConnected, binding == nil, bound != wanted, !viewers.isEmpty else { return }
    binding = Task { await bindWanted() }
  }

  private func bindWanted() async {
    defer { binding = nil }
    while isConnected, !viewers.isEmpty, bound != wanted {
      let keys = wanted
      do {
        try await tap.bind(to: keys)
      } catch {
        // The connection is over, and whoever waits for what it brings tells so and connects again.
        return
      }
      bound = keys
      if isConnected { tell(.following) }
    }
  }
}
