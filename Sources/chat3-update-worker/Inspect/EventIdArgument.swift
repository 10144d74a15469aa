import ArgumentParser
import BSON
import Updates

/// The value of `--event`, and of `inspect event`: an event's identity in one of the forms in which events carry it.
struct EventIdArgument: ExpressibleByArgument {
  let id: ObjectId

  init?(argument: String) {
    guard let id = ObjectId(argument) ?? EventHeader.identity(eventId: Array(argument.utf8)[...]) else {
      return nil
    }
    self.id = id
  }
}
