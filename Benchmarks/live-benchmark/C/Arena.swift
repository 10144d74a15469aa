import CRabbitMQ

/// Memory that is freed all at once.
final class Arena {
  private var allocations: [UnsafeMutableRawPointer] = []

  deinit {
    for allocation in allocations { allocation.deallocate() }
  }

  func bytes(_ source: some Collection<UInt8>) -> amqp_bytes_t {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, source.count), alignment: 1)
    UnsafeMutableRawBufferPointer(start: memory, count: source.count).copyBytes(from: source)
    allocations.append(memory)
    return amqp_bytes_t(len: source.count, bytes: memory)
  }

  func bytes(_ text: String) -> amqp_bytes_t { bytes(text.utf8) }

  func table(_ entries: [amqp_table_entry_t]) -> amqp_table_t {
    let memory = UnsafeMutablePointer<amqp_table_entry_t>.allocate(capacity: max(1, entries.count))
    for (index, entry) in entries.enumerated() { (memory + index).initialize(to: entry) }
    allocations.append(UnsafeMutableRawPointer(memory))
    return amqp_table_t(num_entries: Int32(entries.count), entries: memory)
  }
}
