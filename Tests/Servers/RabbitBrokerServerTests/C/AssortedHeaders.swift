import CRabbitMQ
import LiveHarness

@testable import RabbitBroker

extension BrokerClient {
  /// Publishes a message that has a header of every type that RabbitMQ takes, the first of them named
  /// `first`.
  func publishWithAssortedHeaders(
    _ body: [UInt8], to exchange: String, _ key: String, with given: ProducerProperties
  ) throws {
    let headers = AssortedHeaders()
    try publish(body, to: exchange, key) { properties in
      given.set(in: &properties, userIdBytes: amqp_bytes_t())
      properties.headers = headers.table
    }
    withExtendedLifetime(headers) {}
  }
}

/// Owns the memory that its table points to.
private final class AssortedHeaders {
  private let entries = UnsafeMutablePointer<amqp_table_entry_t>.allocate(capacity: 12)
  private let inner = UnsafeMutablePointer<amqp_table_entry_t>.allocate(capacity: 1)
  private let elements = UnsafeMutablePointer<amqp_field_value_t>.allocate(capacity: 2)
  let table: amqp_table_t

  init() {
    var number = amqp_field_value_t()
    number.kind = UInt8(ascii: "I")
    number.value.i32 = 7
    elements.initialize(repeating: number, count: 2)
    inner.initialize(to: amqp_table_entry_t())
    inner[0].key = amqp_bytes_t("inner")
    inner[0].value = number
    let (inner, elements) = (inner, elements)
    let kinds: [(StaticString, Character, (inout amqp_field_value_t) -> Void)] = [
      ("first", "S", { $0.value.bytes = amqp_bytes_t("text") }),
      ("traceparent", "S", { $0.value.bytes = amqp_bytes_t("00-x") }),
      ("bytes", "x", { $0.value.bytes = amqp_bytes_t("raw") }), ("yes", "t", { $0.value.boolean = 1 }),
      ("byte", "b", { $0.value.i8 = -5 }), ("short", "s", { $0.value.i16 = -300 }),
      ("int", "I", { $0.value.i32 = -70_000 }), ("long", "l", { $0.value.i64 = .min }),
      ("double", "d", { $0.value.f64 = 0.1 }), ("time", "T", { $0.value.u64 = 1_763_551_369 }),
      ("table", "F", { $0.value.table = amqp_table_t(num_entries: 1, entries: inner) }),
      ("array", "A", { $0.value.array = amqp_array_t(num_entries: 2, entries: elements) }),
    ]
    for (index, (key, kind, set)) in kinds.enumerated() {
      var entry = amqp_table_entry_t()
      entry.key = amqp_bytes_t(key)
      entry.value.kind = kind.asciiValue ?? 0
      set(&entry.value)
      entries.advanced(by: index).initialize(to: entry)
    }
    table = amqp_table_t(num_entries: Int32(kinds.count), entries: entries)
  }

  deinit {
    entries.deallocate()
    inner.deallocate()
    elements.deallocate()
  }
}
