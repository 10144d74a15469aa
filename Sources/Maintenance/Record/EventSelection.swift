import BSON
import Pipeline
package import Updates

/// Which events are recorded, besides those that the tap's pattern leaves out.
package struct EventSelection: Sendable {
  /// `nil` means all tenants.
  private let tenantId: Identifier?
  /// `nil` means all dialogs, and events that are about none.
  private let dialogId: Identifier?

  package init(tenantId: Identifier?, dialogId: Identifier?) {
    self.tenantId = tenantId
    self.dialogId = dialogId
  }

  /// - Parameter directory: Where the message of an event is looked up that does not name its dialog itself;
  ///   `nil` means nowhere.
  func contains(_ event: BSONDocument, directory: (any Directory)?) async throws -> Bool {
    if let tenantId, event.identifier("tenantId") != tenantId { return false }
    guard let dialogId else { return true }
    return try await dialog(of: event, directory) == dialogId
  }

  /// The dialog as the planner locates it; of an event that the planner does not plan, the one that it names.
  private func dialog(of document: BSONDocument, _ directory: (any Directory)?) async throws -> Identifier? {
    guard case .event(let event) = EventIntake.decode(Delivery(content: .document(document), tag: 0)).kind
    else {
      return document.namedDialogId
    }
    if let named = event.namedDialog { return named.id }
    guard let need = event.messageNeed, let directory else { return nil }
    return try await directory.messages([need.key: need.detail])[need.key]?.identifier("dialogId")
  }
}

extension BSONDocument {
  /// The dialog that an event names, in the order in which the planner looks for it.
  fileprivate var namedDialogId: Identifier? {
    let data = document("data")
    for section in ["dialog", "context", "message"] {
      if let id = data?.document(section)?.identifier("dialogId") { return id }
    }
    guard let type = self["entityType"]?.string, ["dialog", "dialogMember"].contains(type) else { return nil }
    return identifier("entityId")
  }
}
