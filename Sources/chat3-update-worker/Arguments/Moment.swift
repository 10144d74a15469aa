import ArgumentParser
import Pipeline

extension Moment {
  /// Reads the value of an option.
  ///
  /// - Throws: `ValidationError` with the forms that there are.
  static func parse(_ argument: String) throws -> Moment {
    do throws(Mistake) {
      return try Moment(argument)
    } catch {
      throw ValidationError(error.sentence)
    }
  }
}
