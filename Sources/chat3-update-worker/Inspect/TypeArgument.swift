import ArgumentParser
import BSON
import Foundation
import Pipeline
import Synchronization
import Updates

/// The value of `--type`: an update type means every event type that makes it.
struct TypeArgument: ExpressibleByArgument {
  let eventTypes: [String]

  init?(argument: String) {
    if let type = UpdateType(rawValue: argument) {
      eventTypes =
        type == .userStats
        ? [EventType.derivedStatistics]
        : EventType.allCases.filter { $0.rule.updateType == type }.map(\.rawValue)
    } else if UpdateType(eventType: argument) != nil {
      eventTypes = [argument]
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] {
    UpdateType.allCases.map(\.rawValue) + EventType.allCases.map(\.rawValue) + [EventType.derivedStatistics]
  }

  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
