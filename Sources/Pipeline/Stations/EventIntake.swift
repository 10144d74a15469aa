import BSON
package import Updates

/// The first station: finds out what each delivery of a round is.
package struct EventIntake {
  /// A delivery, decoded.
  package final class Item: Sendable {
    package enum Kind: Sendable {
      case event(Event)
      case ignored
      case bad(BadEvent)
    }

    package let delivery: Delivery
    /// `nil` when the event is too bad to have one.
    package let header: EventHeader?
    package let kind: Kind

    fileprivate init(_ delivery: Delivery, _ header: EventHeader?, _ kind: Kind) {
      (self.delivery, self.header, self.kind) = (delivery, header, kind)
    }

    /// When a well-formed event was made, in milliseconds since 1970; `nil` when it does not tell.
    package var createdAt: Double? {
      guard case .event(let event) = kind else { return nil }
      return event.createdAt?.number
    }

    /// `nil` when the event has no usable identity or tenant.
    package var eventKey: EventKey? { header?.key }
  }

  package static func decode(_ delivery: Delivery) -> Item {
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
        return Item(delivery, header, .ignored)
      }
      return Item(delivery, header, .event(event))
    } catch let error as BadEvent {
      return Item(delivery, header, .bad(error))
    } catch {
      return Item(delivery, header, .bad(BadEvent(nil, "\(error)", .other)))
    }
  }
}
