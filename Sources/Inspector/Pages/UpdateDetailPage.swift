import BSON
import Pipeline
import Support
import Updates

/// One update: its document, its message, and what else its event has made.
struct UpdateDetailPage: Page {
  /// Updates of the same event beside it.
  private static let mostSiblings = 100

  private let update: StoredUpdate
  private let siblings: UpdatePage

  let template = "update"
  var title: String { "Update \(update.id)" }

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    let configuration = inspector.configuration
    update = configuration.shown(try await Self.update("id", inspector, request))
    var query = UpdateQuery()
    query.tenantId = update.tenantId.string
    query.eventId = update.eventId
    query.limit = Self.mostSiblings
    siblings = try await inspector.store.page(of: query, patience: configuration.patience)
  }

  /// The update that a parameter names.
  static func update(
    _ name: String, _ inspector: Inspector, _ request: InspectorRequest
  ) async throws -> StoredUpdate {
    guard let text = request.parameters[name] else {
      throw InspectorError(.badRequest, "Name an update: \(name) takes its 24 hex digits.")
    }
    guard let id = ObjectId(text) else {
      throw InspectorError(
        .badRequest, "\"\(text.prefix(60))\" is no update: \(name) takes its 24 hex digits.")
    }
    guard let update = try await inspector.store.update(id) else {
      throw InspectorError(
        .notFound, "There is no update \(id) in this store; search for it by user or event.")
    }
    return update
  }

  /// The message as it is published. One that was never sent has the time of its making.
  private var message: [UInt8] {
    update.body(publishedAt: update.document[.publishedAt]?.number ?? update.createdAt)
  }

  var document: BSONDocument {
    var output = BSONWriter(capacity: update.document.bytes.count * 2)
    output.append("update", update.document)
    output.append("message", String(decoding: message, as: UTF8.self))
    output.append("published", update.isPublished)
    output.append(
      "sameEvent",
      documents: siblings.updates.map { sibling in
        var output = BSONWriter()
        output.append("_id", sibling.id)
        output.append("userId", sibling.userId.string)
        output.append("eventType", sibling.eventType)
        output.append("published", sibling.isPublished)
        return output.finish()
      })
    return output.finish()
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    var context = row(update)
    context["title"] = title
    context["eventId"] = update.eventId.description
    let tree = DocumentTree(update.document)
    context["nodes"] = tree.nodes
    if let note = tree.note { context["treeNote"] = note }
    context["message"] = copiedJSON(Array(indentedJSON(message).utf8))
    context["json"] = copiedJSON(JSONWriter.text(update.document))
    if let publishedAt = update.document[.publishedAt]?.number {
      context["published"] = timeContext(publishedAt)
      context["delay"] = shownDelay(publishedAt - update.createdAt)
    }
    context["apiLink"] = Link("/api/v1/update", [("id", update.id.description)]).string
    context["siblings"] = siblings.updates.map { sibling in
      var context = row(sibling)
      context["isThis"] = sibling.id == update.id
      context["compareLink"] =
        Link("/compare", [("a", update.id.description), ("b", sibling.id.description)]).string
      return context
    }
    context["siblingCount"] = grouped(siblings.updates.count) + (siblings.next == nil ? "" : " newest")
    return context
  }
}
