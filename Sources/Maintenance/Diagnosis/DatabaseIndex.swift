/// An index of a collection.
package struct DatabaseIndex: Sendable, Equatable {
  /// The fields in their order.
  package let fields: [String]
  /// Whether it holds only some of the records: it is partial or sparse.
  package let isPartial: Bool
  /// Whether it holds just the records with `published: false`.
  package let isOfUnpublished: Bool

  package init(_ fields: [String], isPartial: Bool = false, isOfUnpublished: Bool = false) {
    self.fields = fields
    self.isPartial = isPartial
    self.isOfUnpublished = isOfUnpublished
  }
}
