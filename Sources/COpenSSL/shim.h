#ifndef CHAT3_COPENSSL_SHIM_H
#define CHAT3_COPENSSL_SHIM_H

/* OpenSSL 3 calls the functions deprecated that Support/C/SHA256.swift says why it uses. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/asn1.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* A macro with a cast, which Swift does not import. */
static inline long chat3_set_server_name(SSL *ssl, const char *name) {
  return SSL_set_tlsext_host_name(ssl, name);
}

#endif
