/* SPDX-License-Identifier: Apache-2.0 */
/**
 * OpenSSL, as far as streams need it. Internal to export/.
 */
#pragma once

#include "export/courier.h"
#include "export/transports/lazy_ssl.h"
#include "export/url.h"

/** A client context that verifies; from the URL's ca=, cert=, key=. */
int attest_tls_context(const struct attest_url *url, SSL_CTX **ret,
		       struct attest_diag *reterr_diag);
/** A session on fd that expects a certificate for host. NULL on failure. */
SSL *attest_tls_session(SSL_CTX *context, int fd, const char *host);
/** POLLIN or POLLOUT to wait for after result, or -1: it failed. */
int attest_tls_wants(SSL *ssl, int result);
/**
 * SSL_read() as recv(): 0 after the peer's close_notify; -EAGAIN; -ECONNRESET
 * if it closed without; -EPROTO if it sent an alert, such as one that refuses
 * our certificate, or nonsense.
 */
ssize_t attest_tls_read(SSL *ssl, void *buffer, int size);
/** Fills the courier's error with OpenSSL's; -EPROTO. */
int attest_tls_fail(struct attest_courier *courier, SSL *ssl, const char *what);
