import ArgumentParser
import BSON
import Foundation
import Pipeline
import Synchronization
import Updates

/// The value of `--event`, and of `inspect event`.
struct EventIdArgument: ExpressibleByArgument {
  let id: ObjectId

  init?(argument: String) {
    let digits =
      argument.hasPrefix("evt_") && argument.utf8.count == 36
      ? argument.dropFirst(4).prefix(24) : argument[...]
    guard let id = ObjectId(String(digits)) else { return nil }
    self.id = id
  }
}
