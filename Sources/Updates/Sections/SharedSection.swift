import BSON

/// A section of `data` that all recipients of an event share (spec section 3.1). It says what it needs, and is made of
/// the answers.
protocol SharedSection: Sendable {
  /// The place that the rule gives it.
  static var section: Rule.Section { get }

  /// Adds what has to be looked up before the recipients are known.
  func addNeeds(to needs: inout EventNeeds)

  /// Adds what has to be looked up together with what the recipients need.
  func addNeeds(to needs: inout ProfileNeeds)

  /// - Throws: ``BadEvent`` when what the section cannot do without is neither in the event nor stored.
  func document(state: EventState, profiles: Profiles) throws(BadEvent) -> BSONDocument
}

extension SharedSection {
  func addNeeds(to needs: inout EventNeeds) {}
  func addNeeds(to needs: inout ProfileNeeds) {}
}

extension LocatedEvent {
  /// The shared sections that the event's rule names, in the order of the rule.
  static func sections(
    of event: Event, dialog: EntityKey?, message: LocatedMessage?, typist: NamedId?, user: NamedId?
  ) -> [any SharedSection] {
    var sections: [any SharedSection] = []
    for section in event.type.rule.sections {
      switch section {
      case .dialog: if let dialog { sections.append(DialogSection(event: event, dialog: dialog)) }
      case .ownMember: break
      case .subjectMember:
        if let dialog, let userId = event.memberUserId {
          let member = MemberKey(dialog: dialog, userId: userId)
          sections.append(SubjectMemberSection(event: event, member: member))
        }
      case .message: if let message { sections.append(message.section(of: event)) }
      case .typing: if let typist { sections.append(TypingSection(event: event, typist: typist.id)) }
      case .user:
        if let user, let own = event.user { sections.append(UserSection(event: own, userId: user.id)) }
      }
    }
    return sections
  }
}

extension LocatedMessage {
  /// The `message` section of an event of this type.
  fileprivate func section(of event: Event) -> any SharedSection {
    switch event.type {
    case .messageCreate, .messageUpdate: MessageSection(event: event, message: self)
    default: ChangedMessageSection(event: event, message: self)
    }
  }
}

extension BSONDocument {
  /// The same document, but with `{}` for a `meta` that is not an object.
  func withMetaObject() -> BSONDocument {
    if document("meta") != nil { return self }
    var output = BSONWriter(capacity: bytes.count + 16)
    for element in self where !element.hasKey("meta") { output.append(element) }
    output.append("meta", .empty)
    return output.finish()
  }
}
