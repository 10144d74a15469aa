import ArgumentParser
import BSON
import Foundation
import Pipeline
import Updates

/// Measures the CPU time per update of decoding, planning and encoding (BSON and JSON), for several sizes of
/// a dialog. There is no store: the state is in memory, as after the look-ups.
@main
struct PlanBenchmark: ParsableCommand {
  @Option(help: "Only handle so many events, for a program that counts instructions.")
  var events: Int?

  @Option(help: "With --events: how many members the dialog has.")
  var recipients = 2

  func run() throws {
    guard let events else { return try Self.measure() }
    let benchmarkCase = try Case(recipients: recipients)
    for _ in 0..<events { _ = try benchmarkCase.handle() }
  }

  private static func measure() throws {
    print("recipients  events  µs/update (median of 9)  min    max")
    for (recipients, events) in [(2, 4000), (10, 2000), (100, 400), (1000, 40)] {
      let benchmarkCase = try Case(recipients: recipients)
      var figures: [Double] = []
      for run in 0..<10 {
        let start = cpuMicroseconds()
        var bytes = 0
        for _ in 0..<events { bytes += try benchmarkCase.handle() }
        let figure = (cpuMicroseconds() - start) / Double(events * recipients)
        if bytes == 0 { throw BadEvent(nil, "nothing was encoded", .other) }
        if run > 0 { figures.append(figure) }
      }
      figures.sort()
      print(
        String(
          format: "%10d  %6d  %23.2f  %5.2f  %5.2f", recipients, events, figures[figures.count / 2],
          figures[0],
          figures[figures.count - 1]))
    }
  }

  private static func cpuMicroseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }
}

/// One `message.create` event of about 800 bytes, and its state.
struct Case {
  private let text: [UInt8]
  private let members: [Member]
  private var profiles = Profiles()

  init(recipients: Int) throws {
    text = Array(
      """
      {"_id":"691db5c90000000000000004","eventId":"evt_00000000000000000000000000000004","tenantId":"tnt_default",\
      "eventType":"message.create","entityType":"message","entityId":"msg_hello000000000000001","actorId":"user_0",\
      "actorType":"user","data":{"context":{"version":2,"eventType":"message.create",\
      "dialogId":"dlg_vip0000000000000chat","entityId":"msg_hello000000000000001",\
      "messageId":"msg_hello000000000000001","includedSections":["dialog","message","actor"],\
      "updatedFields":["message"]},"dialog":{"dialogId":"dlg_vip0000000000000chat","tenantId":"tnt_default",\
      "name":"VIP чат","createdBy":"user_0","createdAt":1763551369397.6482,"updatedAt":1763551369397.6482,\
      "meta":{"channel":"telegram"}},"message":{"messageId":"msg_hello000000000000001",\
      "dialogId":"dlg_vip0000000000000chat","senderId":"user_0","type":"internal.text","content":"Hello! 👋",\
      "meta":{}}},"createdAt":1763551373397.6482}
      """.utf8)
    let tenant = Identifier("tnt_default")
    members = try (0..<recipients).map { index in
      let record = try JSONReader.object(
        Array(
          "{\"unreadCount\":\(index % 3),\"lastSeenAt\":1763551369397.6482,\"lastMessageAt\":1763551369397.6482}"
            .utf8))
      return Member(userId: Identifier("user_\(index)"), record: record)
    }
    for index in 0..<recipients {
      profiles.users[EntityKey(tenantId: tenant, id: Identifier("user_\(index)"))] = try JSONReader.object(
        Array("{\"type\":\"user\",\"name\":\"User \(index)\",\"createdAt\":1763551369397.6482}".utf8))
    }
  }

  /// Turns the event into the bytes for the database and the broker, and returns how many there are.
  func handle() throws -> Int {
    guard let event = try Event(EventHeader(json: text)) else {
      throw BadEvent(nil, "the event is ignored", .other)
    }
    let located = try event.located(stored: nil)
    var eventNeeds = EventNeeds()
    located.addNeeds(to: &eventNeeds)
    let resolved = located.resolved(with: EventState())
    let recipients = resolved.recipients.among(members)
    var needs = ProfileNeeds(recipients: recipients.count)
    located.addNeeds(to: &needs)
    resolved.recipients.addNeeds(of: recipients, to: &needs)
    let plan = try resolved.plan(with: profiles)
    var bytes = 0
    for update in plan.updates(for: recipients, profiles: profiles) {
      bytes += update.document().bytes.count + update.body(publishedAt: 1763551369397.6482).count
    }
    return bytes
  }
}
