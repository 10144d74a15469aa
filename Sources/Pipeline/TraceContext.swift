import BSON
import Updates

/// The W3C trace headers of an event, passed on to its updates (spec section 5).
package struct TraceContext: Sendable, Equatable {
  /// The longest header that is passed on, in bytes. Longer ones are dropped.
  package static let longest = 4096

  /// `traceparent`.
  package let parent: String?
  /// `tracestate`.
  package let state: String?

  package init(parent: String? = nil, state: String? = nil) {
    self.parent = parent.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
    self.state = state.flatMap { $0.utf8.count <= Self.longest ? $0 : nil }
  }
}
