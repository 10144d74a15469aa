import BSON
import Foundation
import Pipeline
import Testing
import Updates

/// Messages as the pipeline publishes them. If there are several, each is for another user.
func messages(
  _ count: Int, userId: String = "user", bodySize: Int? = nil, trace: TraceContext = TraceContext()
) throws -> [UpdateMessage] {
  try (0..<count).map { index in
    let user = count == 1 ? userId : "\(userId)\(index)"
    var document = BSONWriter()
    document.append("_id", try #require(ObjectId(String(format: "%024x", index + 1))))
    document.append("tenantId", "tenant")
    document.append("userId", user)
    document.append("entityId", "dialog")
    document.append("eventId", try #require(ObjectId("0123456789abcdef01234567")))
    document.append("eventType", "message.create")
    document.open("data")
    if let bodySize { document.append("filling", String(repeating: "x", count: bodySize)) }
    document.close()
    document.append("routingKey", "update.dialog.user.\(user).messageupdate")
    document.append("published", false)
    document.append("createdAt", 1_763_551_369_397.6482)
    let update = try #require(StoredUpdate(document.finish()))
    return UpdateMessage(update, publishedAt: 1_763_551_369_400, trace: trace)
  }
}
