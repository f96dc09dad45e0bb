// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/transports/stream.h"
#include "export/transports/tls.h"

#define CONNECT_NS 5000000000ULL
/* No byte taken for so long: the receiver hangs. */
#define STALL_NS 15000000000ULL
#define CLOSE_NS 2000000000ULL

/* Waits for events until the time or the courier's deadline. */
static int await(struct attest_stream *s, short events, uint64_t until_ns)
{
	for (;;) {
		struct pollfd p = { .fd = s->fd, .events = events };
		int n = poll(&p, 1, attest_courier_slice_ms(s->courier));

		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (attest_courier_is_late(s->courier) ||
		    attest_monotonic_ns() >= until_ns)
			return -ETIMEDOUT;
	}
}

static int connect_to(struct attest_stream *s, const struct addrinfo *a)
{
	int error = 0;
	socklen_t len = sizeof(error);
	int r;

	s->fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	if (connect(s->fd, a->ai_addr, a->ai_addrlen) == 0)
		return 0;
	r = -errno;
	if (r == -EINPROGRESS)
		r = await(s, POLLOUT, attest_monotonic_ns() + CONNECT_NS);
	if (r >= 0 &&
	    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0)
		r = -error;
	if (r < 0)
		(void)close(TAKE_FD(s->fd));
	return r;
}

static int handshake(struct attest_stream *s)
{
	uint64_t until = attest_monotonic_ns() + CONNECT_NS;
	int r;

	s->ssl = attest_tls_session(s->tls, s->fd, s->host);
	if (!s->ssl)
		return -ENOMEM;
	for (;;) {
		int n = SSL_connect(s->ssl);

		if (n == 1)
			return 0;
		r = attest_tls_wants(s->ssl, n);
		if (r < 0)
			return attest_tls_fail(s->courier, s->ssl,
					       "TLS handshake");
		r = await(s, (short)r, until);
		if (r < 0)
			return attest_courier_fail(s->courier, r,
						   "TLS handshake: %s",
						   strerrordesc_np(-r));
	}
}

int attest_stream_connect(struct attest_stream *s)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int r;

	if (s->fd >= 0)
		return 0;
	r = getaddrinfo(s->host, s->port, &hints, &list);
	if (r != 0)
		return attest_courier_fail(s->courier, -EHOSTUNREACH,
					   "'%.64s': %s", s->host,
					   gai_strerror(r));
	r = -EHOSTUNREACH;
	for (struct addrinfo *a = list; a && s->fd < 0; a = a->ai_next)
		r = connect_to(s, a);
	freeaddrinfo(list);
	if (s->fd < 0)
		return attest_courier_fail(s->courier, r, "connect: %s",
					   strerrordesc_np(-r));
	if (s->tls) {
		r = handshake(s);
		if (r < 0)
			attest_stream_break(s);
	}
	return r;
}

/* Reads and drops what the peer says. 0: its end; -EAGAIN: nothing now. */
static ssize_t drain(struct attest_stream *s)
{
	char buffer[512];
	ssize_t n;

	if (s->ssl)
		return attest_tls_read(s->ssl, buffer, sizeof(buffer));
	n = recv(s->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
	return n < 0 ? -errno : n;
}

/* A peer that closed would swallow what is sent next without a word. */
static int check_peer(struct attest_stream *s)
{
	ssize_t n;

	do {
		n = drain(s);
	} while (n > 0);
	if (n == -EAGAIN || n == -EWOULDBLOCK)
		return 0;
	if (n == -EPROTO)
		return attest_tls_fail(s->courier, s->ssl,
				       "the receiver refuses us");
	return attest_courier_fail(s->courier, n < 0 ? (int)n : -ECONNRESET,
				   "the receiver closed the connection");
}

static ssize_t put(struct attest_stream *s, const char *data, size_t len)
{
	ssize_t n;

	if (!s->ssl) {
		n = send(s->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0)
			return n;
		return errno == EAGAIN ? 0 : -errno;
	}
	n = SSL_write(s->ssl, data, len > 16384 ? 16384 : (int)len);
	if (n > 0)
		return n;
	return attest_tls_wants(s->ssl, (int)n) > 0 ? 0 : -ECONNRESET;
}

int attest_stream_send(struct attest_stream *s, const char *data, size_t len)
{
	uint64_t until = attest_monotonic_ns() + STALL_NS;
	int r = check_peer(s);

	while (r >= 0 && len > 0) {
		ssize_t n = put(s, data, len);

		if (n < 0) {
			r = attest_courier_fail(s->courier, (int)n, "send: %s",
						strerrordesc_np((int)-n));
		} else if (n == 0) {
			r = await(s, POLLOUT, until);
			if (r < 0)
				(void)attest_courier_fail(
				    s->courier, r,
				    "the receiver takes nothing");
		} else {
			data += n;
			len -= (size_t)n;
			until = attest_monotonic_ns() + STALL_NS;
		}
	}
	if (r < 0)
		attest_stream_break(s);
	return r;
}

int attest_stream_settle(struct attest_stream *s)
{
	int queued = 1;
	int r = s->fd < 0 ? -ENOTCONN : check_peer(s);

	if (r >= 0 && ioctl(s->fd, SIOCOUTQ, &queued) < 0)
		r = -errno;
	if (r < 0)
		attest_stream_break(s);
	return r < 0 ? r : queued == 0;
}

void attest_stream_break(struct attest_stream *s)
{
	if (s->ssl)
		SSL_free(TAKE_PTR(s->ssl));
	if (s->fd >= 0)
		(void)close(TAKE_FD(s->fd));
}

/* True once the peer has read all and closed as well. */
static bool farewell(struct attest_stream *s)
{
	uint64_t until = attest_monotonic_ns() + CLOSE_NS;
	ssize_t n;

	if (s->ssl)
		(void)SSL_shutdown(s->ssl);
	if (shutdown(s->fd, SHUT_WR) < 0)
		return false;
	for (;;) {
		n = drain(s);
		if (n == 0)
			return true;
		if (n == -EAGAIN)
			n = await(s, POLLIN, until);
		if (n < 0)
			break;
	}
	/* Many TLS servers close without a close_notify of their own. An alert
	 * is no farewell: what they did not read they did not keep.
	 */
	return s->ssl && n != -EPROTO &&
	       recv(s->fd, &n, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool attest_stream_done(struct attest_stream *s)
{
	bool confirmed = s->fd >= 0 && farewell(s);

	attest_stream_break(s);
	if (s->tls)
		SSL_CTX_free(TAKE_PTR(s->tls));
	free(TAKE_PTR(s->host));
	return confirmed;
}

int attest_stream_init(struct attest_stream *s, struct attest_courier *courier,
		       const struct attest_url *url, uint16_t port, bool tls,
		       struct attest_diag *reterr_diag)
{
	s->courier = courier;
	s->fd = -1;
	s->host = strdup(url->host);
	if (!s->host)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	(void)snprintf(s->port, sizeof(s->port), "%u",
		       (unsigned int)(url->port ? url->port : port));
	return tls ? attest_tls_context(url, &s->tls, reterr_diag) : 0;
}
