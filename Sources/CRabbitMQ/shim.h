#ifndef CHAT3_CRABBITMQ_SHIM_H
#define CHAT3_CRABBITMQ_SHIM_H

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <sys/eventfd.h>

/* Swift does not import macros that contain casts, so these constants are repeated as enums. */
enum chat3_amqp_method {
  CHAT3_CONNECTION_CLOSE = (int)AMQP_CONNECTION_CLOSE_METHOD,
  CHAT3_CONNECTION_CLOSE_OK = (int)AMQP_CONNECTION_CLOSE_OK_METHOD,
  CHAT3_CONNECTION_BLOCKED = (int)AMQP_CONNECTION_BLOCKED_METHOD,
  CHAT3_CONNECTION_UNBLOCKED = (int)AMQP_CONNECTION_UNBLOCKED_METHOD,
  CHAT3_CHANNEL_CLOSE = (int)AMQP_CHANNEL_CLOSE_METHOD,
  CHAT3_CHANNEL_CLOSE_OK = (int)AMQP_CHANNEL_CLOSE_OK_METHOD,
  CHAT3_BASIC_PUBLISH = (int)AMQP_BASIC_PUBLISH_METHOD,
  CHAT3_BASIC_DELIVER = (int)AMQP_BASIC_DELIVER_METHOD,
  CHAT3_BASIC_RETURN = (int)AMQP_BASIC_RETURN_METHOD,
  CHAT3_BASIC_CANCEL = (int)AMQP_BASIC_CANCEL_METHOD,
  CHAT3_BASIC_ACK = (int)AMQP_BASIC_ACK_METHOD,
  CHAT3_BASIC_NACK = (int)AMQP_BASIC_NACK_METHOD,
};

enum chat3_amqp_frame {
  CHAT3_FRAME_METHOD = AMQP_FRAME_METHOD,
  CHAT3_FRAME_HEADER = AMQP_FRAME_HEADER,
  CHAT3_FRAME_BODY = AMQP_FRAME_BODY,
};

enum chat3_amqp_property {
  CHAT3_HAS_CONTENT_TYPE = AMQP_BASIC_CONTENT_TYPE_FLAG,
  CHAT3_HAS_CONTENT_ENCODING = AMQP_BASIC_CONTENT_ENCODING_FLAG,
  CHAT3_HAS_HEADERS = AMQP_BASIC_HEADERS_FLAG,
  CHAT3_HAS_DELIVERY_MODE = AMQP_BASIC_DELIVERY_MODE_FLAG,
  CHAT3_HAS_PRIORITY = AMQP_BASIC_PRIORITY_FLAG,
  CHAT3_HAS_CORRELATION_ID = AMQP_BASIC_CORRELATION_ID_FLAG,
  CHAT3_HAS_REPLY_TO = AMQP_BASIC_REPLY_TO_FLAG,
  CHAT3_HAS_EXPIRATION = AMQP_BASIC_EXPIRATION_FLAG,
  CHAT3_HAS_MESSAGE_ID = AMQP_BASIC_MESSAGE_ID_FLAG,
  CHAT3_HAS_TIMESTAMP = AMQP_BASIC_TIMESTAMP_FLAG,
  CHAT3_HAS_TYPE = AMQP_BASIC_TYPE_FLAG,
  CHAT3_HAS_USER_ID = AMQP_BASIC_USER_ID_FLAG,
  CHAT3_HAS_APP_ID = AMQP_BASIC_APP_ID_FLAG,
};

enum chat3_amqp_class { CHAT3_BASIC_CLASS = AMQP_BASIC_CLASS };

/* Swift cannot call the variadic amqp_login_with_properties. */
static inline amqp_rpc_reply_t chat3_login_plain(amqp_connection_state_t state, const char *vhost,
                                                 int channel_max, int frame_max, int heartbeat,
                                                 const amqp_table_t *properties, const char *user,
                                                 const char *password) {
  return amqp_login_with_properties(state, vhost, channel_max, frame_max, heartbeat, properties,
                                    AMQP_SASL_METHOD_PLAIN, user, password);
}

/* A counter that wakes a poll. Swift's Glibc module leaves eventfd out. */
static inline int chat3_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

#endif
