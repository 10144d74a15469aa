import ArgumentParser
import Pipeline

/// The value of `--type`.
struct TypeArgument: ExpressibleByArgument {
  let eventTypes: [String]

  init?(argument: String) {
    guard let eventTypes = UpdateQuery.eventTypes(named: argument) else { return nil }
    self.eventTypes = eventTypes
  }

  static var allValueStrings: [String] { UpdateQuery.typeNames }

  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
