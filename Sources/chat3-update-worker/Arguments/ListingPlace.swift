import ArgumentParser
import Pipeline

/// Where a listing that goes back in time begins: at a point in time, or at the place at which another one has ended.
enum ListingPlace: Sendable, Hashable, CustomStringConvertible {
  case moment(Moment)
  case cursor(UpdateCursor)

  /// Reads the value of an option.
  ///
  /// - Throws: `ValidationError` with the forms that there are.
  static func parse(_ argument: String) throws -> ListingPlace {
    if let cursor = UpdateCursor(argument) { return .cursor(cursor) }
    return .moment(try Moment.parse(argument))
  }

  var description: String {
    switch self {
    case .moment(let moment): moment.description
    case .cursor(let cursor): cursor.description
    }
  }

  /// - Parameter now: In milliseconds since 1970.
  func cursor(now: Double) -> UpdateCursor {
    switch self {
    case .moment(let moment): .before(moment.milliseconds(now: now))
    case .cursor(let cursor): cursor
    }
  }
}
