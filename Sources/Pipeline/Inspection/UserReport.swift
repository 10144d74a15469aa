package import BSON
package import Updates

/// What a user was sent, whether their statistics are right, and what their gateway binds.
package struct UserReport: Sendable {
  /// What the last statistics say about the memberships.
  package enum Verdict: String, Sendable {
    case agree
    case differ
    /// The user was never sent statistics.
    case none
    /// None were found in the time that there was for it.
    case unknown
  }

  /// Memberships named, at most. All of them are counted.
  private static let mostMemberships = 100

  package let user: EntityKey
  /// Whether there is a record of the user.
  package let hasRecord: Bool
  package let binding: GatewayBinding
  package var lastStatistics: StoredUpdate?
  package let verdict: Verdict
  package let counts: MembershipCounts
  package let memberships: [Membership]
  /// Whether there are more than ``memberships``.
  package let hasMoreMemberships: Bool
  /// The user's updates, newest first.
  package var page: UpdatePage

  /// - Parameters:
  ///   - limit: The most updates.
  ///   - cursor: Only updates that follow this place.
  package init(
    of user: EntityKey, in store: any InspectedStore, limit: Int, cursor: UpdateCursor?, patience: Duration
  ) async throws {
    self.user = user
    var needs = ProfileNeeds()
    needs.addUser(user.tenantId, user.id)
    var profiles = Profiles()
    profiles.users = try await store.users(needs.users)
    let record = profiles.user(user.tenantId, user.id)
    hasRecord = record != nil
    binding = GatewayBinding(userType: record?.userType ?? "user", userId: user.id)
    counts = try await store.membershipCounts([user])[user] ?? .none
    let memberships = try await store.memberships(of: user, limit: Self.mostMemberships + 1)
    self.memberships = Array(memberships.prefix(Self.mostMemberships))
    hasMoreMemberships = memberships.count > Self.mostMemberships

    var query = UpdateQuery()
    query.tenantId = user.tenantId.string
    query.userId = user.id.string
    query.limit = limit
    query.cursor = cursor
    page = try await store.page(of: query, patience: patience)
    query.cursor = nil
    query.limit = 1
    query.eventTypes = [EventType.derivedStatistics]
    let statistics = try await store.page(of: query, patience: patience)
    lastStatistics = statistics.updates.first
    if let last = lastStatistics {
      verdict = StatedCounts(last).agree(with: counts) ? .agree : .differ
    } else {
      verdict = statistics.searched.isComplete ? .none : .unknown
    }
  }

  /// Whether the store knows nothing of the user.
  package var isEmpty: Bool {
    !hasRecord && memberships.isEmpty && page.updates.isEmpty && page.searched.isComplete
      && lastStatistics == nil
  }

  /// What the binding does not do as one might expect, in sentences.
  package var warnings: [String] {
    var warnings = binding.warnings
    if !hasRecord {
      warnings.append(
        "There is no record of the user, so the type is user, except for user.* events, which bring their own."
      )
    }
    let missed = page.updates.count { !binding.takes($0.routingKey) }
    if missed > 0 {
      warnings.append(
        "\(missed) of the updates shown went out under another key, so this binding did not take them: the "
          + "user's type was another one.")
    }
    return warnings
  }

  /// The report as one JSON object.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("tenantId", user.tenantId.string)
    output.append("userId", user.id.string)
    output.append("userType", binding.userType)
    output.append("hasRecord", hasRecord)
    output.open("gateway")
    output.append("binding", binding.key)
    output.append("queue", binding.queue)
    output.append("connectionQueue", binding.connectionQueue)
    output.append("warnings", strings: warnings)
    output.close()
    output.open("statistics")
    output.append("verdict", verdict.rawValue)
    output.append("dialogCount", Int64(counts.dialogs))
    output.append("unreadDialogsCount", Int64(counts.unread))
    if let lastStatistics {
      output.append("last", lastStatistics.document)
    } else {
      output.appendNull("last")
    }
    output.close()
    output.append(
      "memberships",
      documents: memberships.map { membership in
        var output = BSONWriter()
        output.append("dialogId", membership.dialogId.string)
        output.append(stateOf: membership.record)
        return output.finish()
      })
    output.append("moreMemberships", hasMoreMemberships)
    output.append(page)
    return output.finish()
  }
}
