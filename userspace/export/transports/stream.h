/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A byte stream to a host: TCP, or TLS on it. Internal to export/.
 *
 * Never blocks for longer than its time-outs, nor past the courier's deadline.
 */
#pragma once

#include <openssl/ssl.h>

#include "export/courier.h"
#include "export/url.h"

struct attest_stream {
	struct attest_courier *courier; /* for errors and the deadline */
	char *host;
	char port[8];
	SSL_CTX *tls; /* NULL: plain TCP */
	SSL *ssl;
	int fd;
};

/**
 * @url: ca=, cert= and key= are PEM files; without ca= the system's CAs hold.
 *       The server's name is always verified.
 */
int attest_stream_init(struct attest_stream *stream,
		       struct attest_courier *courier,
		       const struct attest_url *url, uint16_t port, bool tls,
		       struct attest_diag *reterr_diag);
/** Connects if there is no connection. */
int attest_stream_connect(struct attest_stream *stream);
int attest_stream_send(struct attest_stream *stream, const char *data,
		       size_t len);
/** 1: the peer's kernel has all bytes; 0: not yet; -errno: it broke. */
int attest_stream_settle(struct attest_stream *stream);
/** Drops the connection. */
void attest_stream_break(struct attest_stream *stream);
/** Ends it in order and frees all; true if the peer ended it too. */
bool attest_stream_done(struct attest_stream *stream);
