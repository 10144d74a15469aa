import BSON

/// The `member` section that each recipient has of their own membership: what is personal in an update (spec section 3.1).
/// All other sections are the same for every recipient.
struct OwnMemberSection {
  let event: Event
  let dialog: EntityKey

  func document(for recipient: Recipient, profiles: Profiles) -> BSONDocument {
    MemberSection(
      userId: recipient.userId, record: recipient.record,
      meta: profiles.meta(MetaKey(MemberKey(dialog: dialog, userId: recipient.userId))),
      event: event.memberUserId == recipient.userId ? event.member : nil, isRemoval: false
    ).document()
  }
}
