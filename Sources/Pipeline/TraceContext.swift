import BSON
import Updates

/// The W3C trace headers of an event, passed on to its updates (spec section 5).
package struct TraceContext: Sendable, Equatable {
  /// Longer headers, in bytes, are dropped.
  package static let longest = 4096

  /// `traceparent`.
  package let parent: String?
  /// `tracestate`.
  package let state: String?

  /// Takes the headers; one over ``longest`` bytes is dropped.
  package init(parent: String? = nil, state: String? = nil) {
    self.parent = parent.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
    self.state = state.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
  }
}
