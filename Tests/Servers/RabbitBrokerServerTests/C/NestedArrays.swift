import CRabbitMQ
import LiveHarness

@testable import RabbitBroker

extension BrokerClient {
  /// Publishes a message whose header `deep` is an array in an array, and so on, `depth` times.
  func publishWithNestedArrays(depth: Int, _ body: [UInt8], to exchange: String, _ key: String) throws {
    let arrays = UnsafeMutableBufferPointer<amqp_field_value_t>.allocate(capacity: depth)
    defer { arrays.deallocate() }
    for index in 0..<depth {
      var array = amqp_field_value_t()
      array.kind = UInt8(ascii: "A")
      array.value.array.num_entries = index + 1 < depth ? 1 : 0
      array.value.array.entries = index + 1 < depth ? arrays.baseAddress.map { $0 + index + 1 } : nil
      arrays.initializeElement(at: index, to: array)
    }
    var entry = amqp_table_entry_t()
    entry.key = amqp_bytes_t("deep")
    entry.value = arrays[0]
    try withUnsafeMutablePointer(to: &entry) { entry in
      try publish(body, to: exchange, key) { properties in
        properties.headers = amqp_table_t(num_entries: 1, entries: entry)
      }
    }
  }
}
