/// The tags of the deliveries that were handed out on a channel and are not acknowledged, as a pure value.
struct OpenTags: Sendable {
  /// An acknowledgement as AMQP has it.
  struct Acknowledgement: Sendable, Equatable {
    let tag: UInt64
    /// Whether it stands for all open tags before it too.
    let isMultiple: Bool
  }

  /// Ascending.
  private var tags: [UInt64] = []

  /// Adds a tag, which must be higher than all before.
  mutating func open(_ tag: UInt64) { tags.append(tag) }

  /// Removes tags and returns with what they are acknowledged: those before the first open one at once, the others one
  /// by one. Tags that are not open are skipped.
  mutating func close(_ done: [UInt64]) -> [Acknowledgement] {
    let done = Set(done)
    let first = tags.prefix(while: done.contains)
    let rest = tags.dropFirst(first.count)
    var acknowledgements = first.last.map { [Acknowledgement(tag: $0, isMultiple: first.count > 1)] } ?? []
    acknowledgements += rest.filter(done.contains).map { Acknowledgement(tag: $0, isMultiple: false) }
    tags = rest.filter { !done.contains($0) }
    return acknowledgements
  }
}
