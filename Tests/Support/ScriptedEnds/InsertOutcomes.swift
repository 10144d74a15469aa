import Pipeline

extension [InsertOutcome] {
  /// The indexes of the updates that were stored before.
  package var existing: Set<Int> { Set(indices.filter { self[$0] == .existing }) }

  /// The indexes of the updates that were refused, and why.
  package var refused: [Int: String] {
    enumerated().reduce(into: [:]) { refused, entry in
      if case .refused(let reason) = entry.element { refused[entry.offset] = reason }
    }
  }
}
