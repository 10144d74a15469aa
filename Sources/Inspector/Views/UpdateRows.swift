import BSON
import Pipeline
import Updates

// What tables show of updates.

extension InspectorConfiguration {
  /// The update with dots in the place of masked fields.
  func shown(_ update: StoredUpdate) -> StoredUpdate {
    mask.isEmpty ? update : update.showing(mask.applied(to: update.document))
  }
}

/// A row of a table of updates.
func row(_ update: StoredUpdate) -> [String: Any] {
  let tenant = update.tenantId.string
  var row: [String: Any] = [
    "id": update.id.description, "time": timeContext(update.createdAt), "tenant": tenant,
    "user": update.userId.string, "type": update.type?.rawValue ?? "?", "kind": kind(update.type),
    "eventType": update.eventType, "entity": update.entityId ?? "", "isPublished": update.isPublished,
    "key": update.routingKey, "link": Link("/update", [("id", update.id.description)]).string,
    "userLink": Link("/user", [("tenant", tenant), ("id", update.userId.string)]).string,
    "eventLink": Link("/event", [("tenant", tenant), ("id", update.eventId.description)]).string,
  ]
  if let dialog = update.dialogId {
    row["dialog"] = dialog
    row["dialogLink"] = Link("/dialog", [("tenant", tenant), ("id", dialog)]).string
  }
  return row
}

/// The class by which the style sheet gives a type of update its colour.
func kind(_ type: UpdateType?) -> String { type?.rawValue.lowercased() ?? "other" }

/// A moment as the page shows it: in UTC, and in milliseconds for the script, which may show it in another way.
func timeContext(_ milliseconds: Double) -> [String: Any] {
  ["text": time(milliseconds), "ms": JSONNumber(milliseconds).text]
}

/// A number as JSON has it.
struct JSONNumber {
  let text: String

  init(_ value: Double) {
    var writer = JSONWriter()
    writer.append(double: value)
    text = String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// How many milliseconds, with as many digits as one wants to read: `0.4 ms`, `12 ms`, `3.2 s`.
func shownDelay(_ milliseconds: Double) -> String {
  guard milliseconds.isFinite else { return "?" }
  let size = milliseconds.magnitude
  if size == 0 { return "0 ms" }
  if size < 1 { return "\((milliseconds * 100).rounded() / 100) ms" }
  if size < 10 { return "\((milliseconds * 10).rounded() / 10) ms" }
  if size < 1000 { return "\(Int(milliseconds.rounded())) ms" }
  if size < 120_000 { return "\((milliseconds / 100).rounded() / 10) s" }
  return size < 8.64e15 ? "\(Age(seconds: Int(milliseconds / 1000)))" : "?"
}

/// Digits in groups of three.
func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var output = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { output += "," }
    output.append(digit)
  }
  return (number < 0 ? "-" : "") + output
}

/// `1 update`, `12 updates`.
func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }

/// A number as it is stored; `?` for anything else.
func shownCount(_ element: BSONElement?) -> String {
  guard let element, element.exactNumber != nil else { return "?" }
  var writer = JSONWriter()
  writer.append(valueOf: element)
  return String(decoding: writer.bytes, as: UTF8.self)
}

/// How far a search came, as a sentence; `nil` when it came to its end.
func searchNote(_ searched: SearchedSpan, found: Int) -> String? {
  if searched.isComplete { return nil }
  guard let from = searched.from, from != searched.to else {
    return searched.isLed
      ? "The search was given up before it had found anything. Name a shorter span."
      : "No index leads this search: name a user, an event or is:unpublished, or create an index on createdAt."
  }
  let begin = searched.to.map(time) ?? "the newest update"
  return "Searched from \(begin) back to \(time(from)), \(grouped(found)) found."
}
