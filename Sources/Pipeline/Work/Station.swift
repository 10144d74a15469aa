/// The stations of the pipeline (docs/architecture.md), as metrics name them.
package enum Station: String, Sendable, CaseIterable {
  case decode, resolve, plan, store, publish, mark, acknowledge
}
