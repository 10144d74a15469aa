/// A server or a program that a test needs failed, or is not there.
package struct TestServerError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
