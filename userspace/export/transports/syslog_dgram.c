// SPDX-License-Identifier: Apache-2.0
/**
 * syslog+udp:// and unix://: a datagram a record. UDP tells nothing of what
 * became of it; a unix socket says whether the daemon took it.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/transports/syslog.h"

struct syslog_dgram {
	struct attest_courier base;
	struct attest_syslog syslog;
	char *host; /* or NULL: unix */
	char *path;
	char port[8];
	int fd;
};

static int encode(struct attest_courier *courier, struct attest_str *s,
		  const struct attest_record *rec)
{
	return attest_syslog_encode(&((struct syslog_dgram *)courier)->syslog,
				    s, rec);
}

static int connect_unix(struct syslog_dgram *d)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		       d->path);
	d->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0)
		return -errno;
	if (connect(d->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	return -errno;
}

static int connect_udp(struct syslog_dgram *d)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list = NULL;
	int r = getaddrinfo(d->host, d->port, &hints, &list);

	if (r != 0)
		return attest_courier_fail(&d->base, -EHOSTUNREACH,
					   "'%.64s': %s", d->host,
					   gai_strerror(r));
	d->fd = socket(list->ai_family,
		       SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	r = d->fd < 0 || connect(d->fd, list->ai_addr, list->ai_addrlen) < 0
		? -errno
		: 0;
	freeaddrinfo(list);
	return r;
}

/* Waits while the buffer is full; ECONNREFUSED of UDP is an ICMP answer. */
static int send_one(struct syslog_dgram *d, const char *data, size_t len)
{
	for (int waits = 0; waits < 50; waits++) {
		struct pollfd p = { .fd = d->fd, .events = POLLOUT };

		if (send(d->fd, data, len, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EAGAIN && errno != ENOBUFS)
			return -errno;
		if (attest_courier_is_late(&d->base))
			return -ETIMEDOUT;
		(void)poll(&p, 1, attest_courier_slice_ms(&d->base));
	}
	return -EAGAIN;
}

static int send_batch(struct attest_courier *courier,
		      struct attest_batch *batch)
{
	struct syslog_dgram *d = (struct syslog_dgram *)courier;
	int r = 0;

	if (d->fd < 0)
		r = d->host ? connect_udp(d) : connect_unix(d);
	for (size_t i = 0; r >= 0 && i < batch->n; i++) {
		struct attest_batch_item *item = &batch->items[i];

		r = send_one(d, batch->bytes.data + item->offset, item->len);
		if (r == -EMSGSIZE) {
			item->delivery = ATTEST_DELIVERY_REJECTED;
			r = 0;
		} else if (r >= 0) {
			item->delivery = ATTEST_DELIVERY_DONE;
		}
	}
	if (r >= 0)
		return 0;
	if (!courier->error[0])
		(void)attest_courier_fail(courier, r, "send: %s",
					  strerrordesc_np(-r));
	if (d->fd >= 0)
		(void)close(TAKE_FD(d->fd));
	return r;
}

static bool close_dgram(struct attest_courier *courier)
{
	struct syslog_dgram *d = (struct syslog_dgram *)courier;

	if (d->fd >= 0)
		(void)close(d->fd);
	attest_str_done(&d->syslog.message);
	free(d->host);
	free(d->path);
	free(d);
	return true;
}

static const struct attest_courier_ops ops = {
	.max_records = 64,
	.max_bytes = 256 << 10,
	.encode = encode,
	.send = send_batch,
	.close = close_dgram,
};

static int open_dgram(const struct attest_transport_args *args,
		      enum attest_syslog_framing framing,
		      struct attest_courier **ret,
		      struct attest_diag *reterr_diag)
{
	struct syslog_dgram *d = calloc(1, sizeof(*d));
	uint16_t port = args->url->port ? args->url->port : 514;
	int r;

	if (!d)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	d->base.ops = &ops;
	d->fd = -1;
	(void)snprintf(d->port, sizeof(d->port), "%u", port);
	if (framing == ATTEST_SYSLOG_DATAGRAM)
		d->host = strdup(args->url->host);
	else
		d->path = strdup(args->url->path);
	r = d->host || d->path
		? attest_syslog_init(&d->syslog, args, framing, reterr_diag)
		: -ENOMEM;
	if (r < 0) {
		(void)close_dgram(&d->base);
		return r;
	}
	*ret = &d->base;
	return 0;
}

static int open_udp(const struct attest_transport_args *args,
		    struct attest_courier **ret,
		    struct attest_diag *reterr_diag)
{
	return open_dgram(args, ATTEST_SYSLOG_DATAGRAM, ret, reterr_diag);
}

static int open_unix(const struct attest_transport_args *args,
		     struct attest_courier **ret,
		     struct attest_diag *reterr_diag)
{
	struct sockaddr_un address;

	if (args->url->authority[0] || args->url->path[0] != '/' ||
	    strlen(args->url->path) >= sizeof(address.sun_path))
		return attest_export_fail(reterr_diag, -EINVAL,
					  "unix:// takes the absolute path of "
					  "a socket: unix:///dev/log");
	return open_dgram(args, ATTEST_SYSLOG_LOCAL, ret, reterr_diag);
}

const struct attest_transport attest_transport_syslog_udp = {
	.scheme = "syslog+udp",
	.summary = "syslog over UDP: nobody tells what was lost on the way",
	.example = "syslog+udp://siem:514?format=cef",
	.format = "rfc5424",
	.arguments = " facility ",
	.needs_host = true,
	.open_courier = open_udp,
};

const struct attest_transport attest_transport_unix = {
	.scheme = "unix",
	.summary = "the local syslog daemon's datagram socket",
	.example = "unix:///dev/log?format=json",
	.format = "json",
	.arguments = " facility ",
	.open_courier = open_unix,
};
