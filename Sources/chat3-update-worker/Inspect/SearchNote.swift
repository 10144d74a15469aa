import Pipeline

/// Says how far a search came, where that is not obvious.
struct SearchNote {
  let searched: SearchedSpan
  let next: UpdateCursor?

  /// For a search that found `count` updates; `nil` when there is nothing to say.
  func ofIncomplete(_ count: Int) -> String? {
    if searched.isComplete { return nil }
    guard let from = searched.from, from != searched.to else {
      return "the search was given up after \(inspectionPatience.components.seconds) s; \(remedy)"
    }
    let begin = searched.to.map(time) ?? "the newest update"
    return "searched from \(begin) back to \(time(from)), \(count) found; " + (goOn ?? remedy)
  }

  /// How to see what follows; `nil` when nothing does.
  var goOn: String? { next.map { "go on with --before \($0)" } }

  private var remedy: String {
    searched.isLed
      ? "name a shorter span"
      : "MongoDB has no index of updates on createdAt that could lead it: name a user, an event or --unpublished, "
        + "or create the index"
  }
}
