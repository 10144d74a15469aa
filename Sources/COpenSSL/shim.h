#ifndef CHAT3_COPENSSL_SHIM_H
#define CHAT3_COPENSSL_SHIM_H

#include <openssl/asn1.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* A macro with a cast, which Swift does not import. */
static inline long chat3_set_server_name(SSL *ssl, const char *name) {
  return SSL_set_tlsext_host_name(ssl, name);
}

#endif
