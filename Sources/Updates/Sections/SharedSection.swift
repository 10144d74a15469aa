import BSON

/// A section of `data` that all recipients of an event share (spec section 3.1). It says what it needs, and is made of
/// the answers.
protocol SharedSection: Sendable {
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
  ) -> [(name: Rule.Section, section: any SharedSection)] {
    event.type.rule.sections.compactMap { name in
      let section: (any SharedSection)? =
        switch name {
        case .dialog: dialog.map { DialogSection(event: event, dialog: $0) }
        case .ownMember: nil
        case .subjectMember:
          if let dialog, let userId = event.memberUserId {
            SubjectMemberSection(event: event, member: MemberKey(dialog: dialog, userId: userId))
          } else {
            nil
          }
        case .message: message.flatMap { message in dialog.map { message.section(of: event, in: $0) } }
        case .typing: typist.map { TypingSection(event: event, typist: $0.id) }
        case .user: user.flatMap { user in event.user.map { UserSection(event: $0, userId: user.id) } }
        }
      return section.map { (name, $0) }
    }
  }
}

extension LocatedMessage {
  /// The `message` section of an event of this type.
  fileprivate func section(of event: Event, in dialog: EntityKey) -> any SharedSection {
    switch event.type {
    case .messageCreate, .messageUpdate: MessageSection(event: event, message: self, dialog: dialog)
    default: ChangedMessageSection(event: event, message: self, dialog: dialog)
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
