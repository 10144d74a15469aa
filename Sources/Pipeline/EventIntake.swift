import BSON
import Updates

/// The first station: what each delivery of a batch is.
struct EventIntake {
  /// A delivery, decoded.
  struct Item: Sendable {
    enum Kind: Sendable {
      case draft(EventDraft)
      case ignored
      case bad(BadEvent)
    }

    let delivery: Delivery
    /// `nil` when the event is so bad that it has none.
    let header: EventHeader?
    var kind: Kind

    /// The event's identity, where it has a usable one.
    var event: EventKey? {
      guard let header, let tenantId = header.tenantId else { return nil }
      return EventKey(tenantId: tenantId, eventId: header.id)
    }
  }

  static func decode(_ delivery: Delivery) -> Item {
    var header: EventHeader?
    do {
      let decoded =
        switch delivery.content {
        case .json(let text): try EventHeader(json: text)
        case .document(let document): try EventHeader(document)
        case .unreadable(let error): throw error
        }
      header = decoded
      guard let event = try Event(decoded) else {
        return Item(delivery: delivery, header: header, kind: .ignored)
      }
      return Item(delivery: delivery, header: header, kind: .draft(try EventDraft(event)))
    } catch let error as BadEvent {
      return Item(delivery: delivery, header: header, kind: .bad(error))
    } catch {
      return Item(delivery: delivery, header: header, kind: .bad(BadEvent(nil, "\(error)")))
    }
  }

  /// Cuts a batch where an event comes again: within a part each event occurs once, so that the second
  /// occurrence meets the stored updates of the first.
  static func parts(_ items: [Item]) -> [ArraySlice<Item>] {
    var parts: [ArraySlice<Item>] = []
    var seen: Set<EventKey> = []
    var start = items.startIndex
    for (index, item) in items.enumerated() {
      guard let event = item.event, !seen.insert(event).inserted else { continue }
      parts.append(items[start..<index])
      start = index
      seen = [event]
    }
    parts.append(items[start...])
    return parts.filter { !$0.isEmpty }
  }
}
