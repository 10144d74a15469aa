import ArgumentParser
import Pipeline

extension Age: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }

  var defaultValueDescription: String { description }
}
