import CRabbitMQ

/// Messages to be published, as frames (AMQP 0-9-1, section 4.2.3) in a row, so that one call hands many of them to
/// the socket. librabbitmq hands over each of the three and more frames of a message by itself.
struct OutgoingFrames {
  private(set) var bytes: [UInt8] = []

  private static let end: UInt8 = 0xCE
  /// The bytes of a frame beside its payload.
  private static let overhead = 8

  /// The room that is kept for the next messages, in bytes.
  private static let keptCapacity = 1 << 20

  mutating func removeAll() { bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity) }

  /// Appends the frames of a `basic.publish`. `room` is how many bytes the method and the properties take at most. Nothing
  /// is appended if the status is not that of a success.
  mutating func append(
    publishing method: amqp_basic_publish_t, _ properties: amqp_basic_properties_t,
    body: UnsafeRawBufferPointer, channel: UInt16, frameMax: Int, room: Int
  ) -> Int32 {
    let start = bytes.count
    var (method, properties) = (method, properties)
    var status = append(CHAT3_FRAME_METHOD, channel, room: 4 + room) { payload in
      payload.storeBytes(of: CHAT3_BASIC_PUBLISH.rawValue.bigEndian, as: UInt32.self)
      let encoded = amqp_encode_method(CHAT3_BASIC_PUBLISH.rawValue, &method, amqp_bytes_t(payload, from: 4))
      return encoded < 0 ? encoded : 4 + encoded
    }
    if status >= 0 {
      status = append(CHAT3_FRAME_HEADER, channel, room: 12 + room) { payload in
        // The class, a weight of zero, and how long the body is.
        payload.storeBytes(of: UInt32(CHAT3_BASIC_CLASS.rawValue << 16).bigEndian, as: UInt32.self)
        payload.storeBytes(of: UInt64(body.count).bigEndian, toByteOffset: 4, as: UInt64.self)
        let encoded = amqp_encode_properties(
          UInt16(CHAT3_BASIC_CLASS.rawValue), &properties, amqp_bytes_t(payload, from: 12))
        return encoded < 0 ? encoded : 12 + encoded
      }
    }
    guard status >= 0 else {
      bytes.removeSubrange(start...)
      return status
    }
    let largest = frameMax - Self.overhead
    var rest = body
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(largest))
      begin(CHAT3_FRAME_BODY, channel, size: part.count)
      bytes.append(contentsOf: part)
      bytes.append(Self.end)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
    }
    return AMQP_STATUS_OK.rawValue
  }

  /// Appends a frame whose payload `write` puts into the `room` bytes that it gets; it returns their number, or a status
  /// below zero.
  private mutating func append(
    _ type: chat3_amqp_frame, _ channel: UInt16, room: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int32
  ) -> Int32 {
    let start = bytes.count
    begin(type, channel, size: 0)
    let payload = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: room))
    let size = bytes.withUnsafeMutableBytes { bytes in
      let size = write(UnsafeMutableRawBufferPointer(rebasing: bytes[payload...]))
      if size >= 0 {
        bytes.storeBytes(of: UInt32(size).bigEndian, toByteOffset: start + 3, as: UInt32.self)
      }
      return size
    }
    guard size >= 0 else { return size }
    bytes.removeLast(room - Int(size))
    bytes.append(Self.end)
    return size
  }

  private mutating func begin(_ type: chat3_amqp_frame, _ channel: UInt16, size: Int) {
    bytes.append(UInt8(truncatingIfNeeded: type.rawValue))
    for shift in [8, 0] as [UInt16] { bytes.append(UInt8(truncatingIfNeeded: channel >> shift)) }
    for shift in [24, 16, 8, 0] as [Int] { bytes.append(UInt8(truncatingIfNeeded: size >> shift)) }
  }
}

extension amqp_bytes_t {
  /// What of a buffer follows an offset, to be written into; the buffer must outlive the value.
  fileprivate init(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) {
    self.init(len: buffer.count - offset, bytes: buffer.baseAddress.map { $0 + offset })
  }
}
