/// Why a request has no other answer.
struct InspectorError: Error, Equatable {
  /// What clients tell errors apart by. More may be added.
  enum Code: String {
    case badRequest = "bad-request"
    case unauthorized = "unauthorized"
    case forbidden = "forbidden"
    case notFound = "not-found"
    case notAllowed = "method-not-allowed"
    case unavailable = "unavailable"

    var status: Int {
      switch self {
      case .badRequest: 400
      case .unauthorized: 401
      case .forbidden: 403
      case .notFound: 404
      case .notAllowed: 405
      case .unavailable: 503
      }
    }

    /// A heading.
    var title: String {
      switch self {
      case .badRequest: "This makes no sense"
      case .unauthorized: "The token is missing"
      case .forbidden: "This is not allowed"
      case .notFound: "Nothing is known of it"
      case .notAllowed: "This is not allowed"
      case .unavailable: "There is no answer now"
      }
    }
  }

  let code: Code
  /// One plain sentence that names the remedy.
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
