/// An index of a collection.
package struct DatabaseIndex: Sendable, Equatable {
  /// `nil` when only its fields are known.
  package let name: String?
  /// The fields in their order.
  package let fields: [String]
  /// Whether it holds only some of the records: it is partial or sparse.
  package let isPartial: Bool
  /// Whether it holds just the records with `published: false`.
  package let isOfUnpublished: Bool

  package init(
    _ fields: [String], name: String? = nil, isPartial: Bool = false, isOfUnpublished: Bool = false
  ) {
    self.name = name
    self.fields = fields
    self.isPartial = isPartial
    self.isOfUnpublished = isOfUnpublished
  }
}
