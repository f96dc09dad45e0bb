// SPDX-License-Identifier: Apache-2.0
/**
 * syslog+tcp:// and syslog+tls://.
 *
 * Syslog acknowledges nothing: what the receiver's kernel took may never be
 * read. After a break the last WINDOW bytes are sent again; record ids tell
 * the duplicates.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "export/transports/stream.h"
#include "export/transports/syslog.h"

/* Above the largest receive and send buffer of a stock kernel together. */
#define WINDOW (12U << 20)

struct syslog_stream {
	struct attest_courier base;
	struct attest_syslog syslog;
	struct attest_stream stream;
};

static int encode(struct attest_courier *courier, struct attest_str *s,
		  const struct attest_record *rec)
{
	return attest_syslog_encode(&((struct syslog_stream *)courier)->syslog,
				    s, rec);
}

static int send_batch(struct attest_courier *courier,
		      struct attest_batch *batch)
{
	struct syslog_stream *s = (struct syslog_stream *)courier;
	int r = attest_stream_connect(&s->stream);

	if (r >= 0)
		r = attest_stream_send(&s->stream, batch->bytes.data,
				       batch->bytes.len);
	if (r >= 0)
		attest_batch_deliver(batch, ATTEST_DELIVERY_DONE);
	return r;
}

static int settle(struct attest_courier *courier)
{
	return attest_stream_settle(&((struct syslog_stream *)courier)->stream);
}

static bool close_stream(struct attest_courier *courier)
{
	struct syslog_stream *s = (struct syslog_stream *)courier;
	bool confirmed = attest_stream_done(&s->stream);

	attest_str_done(&s->syslog.message);
	free(s);
	return confirmed;
}

static const struct attest_courier_ops ops = {
	.max_records = 1024,
	.max_bytes = 256 << 10,
	.window_bytes = WINDOW,
	.encode = encode,
	.send = send_batch,
	.settle = settle,
	.close = close_stream,
};

static int open_stream(const struct attest_transport_args *args, bool tls,
		       struct attest_courier **ret,
		       struct attest_diag *reterr_diag)
{
	struct syslog_stream *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	s->base.ops = &ops;
	s->stream.fd = -1;
	r = attest_syslog_init(&s->syslog, args, ATTEST_SYSLOG_OCTETS,
			       reterr_diag);
	if (r >= 0)
		r = attest_stream_init(&s->stream, &s->base, args->url,
				       tls ? 6514 : 601, tls, reterr_diag);
	if (r < 0) {
		(void)close_stream(&s->base);
		return r;
	}
	*ret = &s->base;
	return 0;
}

static int open_tcp(const struct attest_transport_args *args,
		    struct attest_courier **ret,
		    struct attest_diag *reterr_diag)
{
	return open_stream(args, false, ret, reterr_diag);
}

static int open_tls(const struct attest_transport_args *args,
		    struct attest_courier **ret,
		    struct attest_diag *reterr_diag)
{
	return open_stream(args, true, ret, reterr_diag);
}

const struct attest_transport attest_transport_syslog_tcp = {
	.scheme = "syslog+tcp",
	.summary = "syslog over TCP, octet counting or framing=lf",
	.example = "syslog+tcp://siem:601?format=rfc5424",
	.format = "rfc5424",
	.arguments = " facility framing ",
	.needs_host = true,
	.open_courier = open_tcp,
};

const struct attest_transport attest_transport_syslog_tls = {
	.scheme = "syslog+tls",
	.summary = "syslog over TLS (RFC 5425); the server is verified, cert= "
		   "and key= identify us",
	.example = "syslog+tls://siem:6514?format=ocsf&ca=/etc/ssl/siem.pem",
	.format = "rfc5424",
	.arguments = " facility framing ca cert key ",
	.needs_host = true,
	.open_courier = open_tls,
};
