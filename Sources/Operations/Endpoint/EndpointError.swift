/// Why the endpoint cannot listen, in a sentence with the remedy.
package struct EndpointError: Error, Sendable, CustomStringConvertible {
  package let message: String

  package var description: String { message }
}
