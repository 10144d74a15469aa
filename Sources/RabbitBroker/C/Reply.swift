import CRabbitMQ
import Foundation

/// The only place where what C reports becomes a ``BrokerError``.
enum Reply {
  /// - Throws: ``BrokerError`` unless the call succeeded.
  static func check(
    _ reply: amqp_rpc_reply_t, _ operation: BrokerOperation, _ address: BrokerAddress
  ) throws(BrokerError) {
    switch reply.reply_type {
    case AMQP_RESPONSE_NORMAL: return
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      guard let refusal = refusal(reply.reply) else {
        throw BrokerError(
          .protocolViolation, "RabbitMQ at \(address) sent an answer that does not fit the request.",
          isRetryable: true)
      }
      throw refusal.error(during: operation, at: address)
    case AMQP_RESPONSE_LIBRARY_EXCEPTION: try check(reply.library_error, operation, address)
    default:
      throw BrokerError(.connectionLost, "The connection to RabbitMQ at \(address) ended.", isRetryable: true)
    }
  }

  /// - Throws: ``BrokerError`` when the status reports a failure.
  static func check(
    _ status: Int32, _ operation: BrokerOperation, _ address: BrokerAddress
  ) throws(BrokerError) {
    guard status < 0 else { return }
    throw error(status, operation, address)
  }

  /// `channel.close` or `connection.close`; `nil` for any other method.
  static func refusal(_ method: amqp_method_t) -> BrokerRefusal? {
    guard let decoded = method.decoded else { return nil }
    switch method.id {
    case CHAT3_CONNECTION_CLOSE.rawValue:
      let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
      return BrokerRefusal(code: close.reply_code, text: close.reply_text.text, closesConnection: true)
    case CHAT3_CHANNEL_CLOSE.rawValue:
      let close = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
      return BrokerRefusal(code: close.reply_code, text: close.reply_text.text, closesConnection: false)
    default: return nil
    }
  }

  private static func error(
    _ status: Int32, _ operation: BrokerOperation, _ address: BrokerAddress
  ) -> BrokerError {
    let cause = amqp_error_string2(status).map { String(cString: $0) } ?? "status \(status)"
    switch amqp_status_enum(rawValue: status) {
    case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED:
      return BrokerError(
        .unreachable,
        "The host name \"\(address.host)\" of RabbitMQ cannot be resolved; correct it in RABBITMQ_URL.",
        isRetryable: true)
    case AMQP_STATUS_TIMEOUT, AMQP_STATUS_HEARTBEAT_TIMEOUT:
      return BrokerError(
        .timeout, "RabbitMQ at \(address) does not answer (\(cause)).", isRetryable: true)
    case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED:
      return BrokerError(
        .certificateName,
        "The TLS certificate of RabbitMQ at \(address) is not for the name \"\(address.host)\"; use a name "
          + "that it is for in RABBITMQ_URL.",
        isRetryable: false)
    case AMQP_STATUS_SSL_PEER_VERIFY_FAILED:
      return BrokerError(
        .untrustedCertificate,
        "The TLS certificate of RabbitMQ at \(address) is not trusted or not valid; name the file of "
          + "its authority with the option cacertfile of RABBITMQ_URL.",
        isRetryable: false)
    case AMQP_STATUS_SSL_CONNECTION_FAILED:
      return BrokerError(
        .tlsHandshake,
        "The TLS handshake with RabbitMQ at \(address) failed; check that this is its port for TLS and "
          + "that it accepts the client's certificate.",
        isRetryable: true)
    case AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD:
      return BrokerError(
        .wrongCredentials,
        "RabbitMQ at \(address) accepts no user names with passwords; enable SASL PLAIN there.",
        isRetryable: false)
    case AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION:
      return BrokerError(
        .protocolViolation, "The server at \(address) does not speak AMQP 0-9-1.", isRetryable: false)
    case AMQP_STATUS_BAD_AMQP_DATA, AMQP_STATUS_UNKNOWN_CLASS, AMQP_STATUS_UNKNOWN_METHOD,
      AMQP_STATUS_WRONG_METHOD, AMQP_STATUS_UNEXPECTED_STATE:
      return BrokerError(
        .protocolViolation, "The server at \(address) does not speak AMQP as expected (\(cause)).",
        isRetryable: true)
    case AMQP_STATUS_TABLE_TOO_BIG, AMQP_STATUS_INVALID_PARAMETER:
      return BrokerError(
        .invalidConfiguration,
        "The worker cannot \(operation.words): a name or header is too long (\(cause)).",
        isRetryable: false)
    default:
      return BrokerError(
        operation == .connecting ? .unreachable : .connectionLost,
        operation == .connecting
          ? "RabbitMQ at \(address) cannot be reached (\(cause)); check that it is running and that "
            + "RABBITMQ_URL names it."
          : "The connection to RabbitMQ at \(address) was lost (\(cause)).",
        isRetryable: true)
    }
  }
}
