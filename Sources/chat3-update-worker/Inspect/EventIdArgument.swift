import ArgumentParser
import BSON
import Pipeline

/// The value of `--event`, and of `inspect event`: an event's identity in one of the forms in which events carry it.
struct EventIdArgument: ExpressibleByArgument {
  let id: ObjectId

  init?(argument: String) {
    guard let id = UpdateQuery.eventId(argument) else { return nil }
    self.id = id
  }
}
