import BSON

/// The `member` section of the member that the event is about, the same for every recipient (spec section 3, note 2).
struct SubjectMemberSection: SharedSection {
  static var section: Rule.Section { .subjectMember }

  let event: Event
  let member: MemberKey

  func addNeeds(to needs: inout EventNeeds) { needs.memberships.insert(member) }

  func addNeeds(to needs: inout ProfileNeeds) { needs.metas.insert(MetaKey(member)) }

  func document(state: EventState, profiles: Profiles) throws(BadEvent) -> BSONDocument {
    MemberSection(
      userId: member.userId, record: state.memberships[member], meta: profiles.meta(MetaKey(member)),
      event: event.member, isRemoval: event.type == .memberRemove
    ).document()
  }
}
