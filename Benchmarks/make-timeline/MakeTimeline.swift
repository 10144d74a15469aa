import ArgumentParser
import Foundation

/// Prints a timeline for measurements: the state of some dialogs, then events in them.
@main
struct MakeTimeline: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "make-timeline")

  @Option(help: "Number of events.")
  var events = 20_000

  @Option(help: "Number of dialogs.")
  var dialogs = 500

  @Option(help: "Members of each dialog.")
  var members = 10

  @Option(
    help:
      "Users from whom the dialogs take their members; 0 means a thousand more than a dialog has members."
  )
  var users = 0

  func run() throws {
    let output = BufferedOutput()
    let population = max(members, users == 0 ? members + 1000 : users)
    let time = 1_763_551_369_397.6482
    writeState(population, time, to: output)
    for index in 0..<events { output.write(event(index, population, time + Double(index))) }
    output.flush()
  }

  private func userId(_ number: Int) -> String { "user_\(100_000 + number)" }
  private func dialogId(_ number: Int) -> String { "dlg_\(10_000_000_000_000 + number)" }
  private func member(_ dialog: Int, _ position: Int, _ population: Int) -> String {
    userId((dialog * 7 + position) % population)
  }

  private func writeState(_ population: Int, _ time: Double, to output: BufferedOutput) {
    func upsert(_ collection: String, _ records: [String]) {
      for start in stride(from: 0, to: records.count, by: 1000) {
        let slice = records[start..<min(start + 1000, records.count)]
        output.write("{\"upsert\":{\"\(collection)\":[\(slice.joined(separator: ","))]}}\n")
      }
    }
    upsert(
      "users",
      (0..<population).map {
        "{\"tenantId\":\"tnt_default\",\"userId\":\"\(userId($0))\",\"type\":\"\($0 % 20 == 0 ? "bot" : "user")\",\"name\":\"User \($0)\",\"createdAt\":\(time)}"
      })
    upsert(
      "metas",
      stride(from: 0, to: population, by: 5).map {
        "{\"tenantId\":\"tnt_default\",\"entityType\":\"user\",\"entityId\":\"\(userId($0))\",\"key\":\"role\",\"value\":\"support\"}"
      })
    for dialog in 0..<dialogs {
      upsert(
        "dialogmembers",
        (0..<members).map {
          "{\"tenantId\":\"tnt_default\",\"dialogId\":\"\(dialogId(dialog))\",\"userId\":\"\(member(dialog, $0, population))\",\"unreadCount\":\($0 % 3),\"lastSeenAt\":\(time),\"lastMessageAt\":\(time)}"
        })
    }
  }

  private func event(_ index: Int, _ population: Int, _ time: Double) -> String {
    let dialog = (index &* 7919) % dialogs
    let sender = member(dialog, index % members, population)
    let dialogSection =
      "\"dialog\":{\"dialogId\":\"\(dialogId(dialog))\",\"tenantId\":\"tnt_default\",\"name\":\"Dialog \(dialog)\",\"createdBy\":\"\(sender)\",\"createdAt\":\(time),\"updatedAt\":\(time),\"meta\":{\"channel\":\"telegram\"}}"
    let messageId = "msg_\(10_000_000_000_000 + index)"
    let message =
      "\"messageId\":\"\(messageId)\",\"dialogId\":\"\(dialogId(dialog))\",\"senderId\":\"\(sender)\",\"type\":\"internal.text\""
    switch index % 20 {
    case 0..<12:
      return line(
        index, "message.create", "message", messageId, time, dialog,
        "\(dialogSection),\"message\":{\(message),\"content\":\"Hello, this is message \(index) of the benchmark, as long as people write.\",\"meta\":{},\"createdAt\":\(time)}"
      )
    case 12..<16:
      return line(
        index, "dialog.typing", "dialog", dialogId(dialog), time, dialog,
        "\(dialogSection),\"typing\":{\"userId\":\"\(sender)\",\"expiresInMs\":5000,\"timestamp\":\(time)}")
    case 16..<18:
      return line(
        index, "message.status.update", "messageStatus", messageId, time, dialog,
        "\(dialogSection),\"message\":{\(message),\"statusUpdate\":{\"userId\":\"\(sender)\",\"status\":\"read\",\"readAt\":\(time)}}"
      )
    default:
      return line(
        index, "dialog.update", "dialog", dialogId(dialog), time, dialog, dialogSection)
    }
  }

  private func line(
    _ index: Int, _ type: String, _ entityType: String, _ entityId: String, _ time: Double, _ dialog: Int,
    _ sections: String
  ) -> String {
    // The ObjectId consists of the seconds and a counter. There are twenty events per second.
    let seconds = String(0x691d_b5c9 + index / 20, radix: 16)
    let counter = String(index, radix: 16)
    let identity = seconds + String(repeating: "0", count: 16 - counter.count) + counter
    return
      "{\"_id\":\"\(identity)\",\"tenantId\":\"tnt_default\",\"eventType\":\"\(type)\",\"entityType\":\"\(entityType)\",\"entityId\":\"\(entityId)\",\"actorId\":\"user_1\",\"actorType\":\"user\",\"data\":{\"context\":{\"version\":2,\"eventType\":\"\(type)\",\"dialogId\":\"\(dialogId(dialog))\",\"entityId\":\"\(entityId)\",\"includedSections\":[\"dialog\"],\"updatedFields\":[]},\(sections)},\"createdAt\":\(time)}\n"
  }
}

/// Writes to standard output in large blocks.
final class BufferedOutput {
  private var buffer = Data()

  func write(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count > 1 << 20 { flush() }
  }

  func flush() {
    FileHandle.standardOutput.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
