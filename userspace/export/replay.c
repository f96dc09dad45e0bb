// SPDX-License-Identifier: Apache-2.0
/**
 * `export --replay`: a spool that no process sends, to any URL.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "export/codec.h"
#include "export/courier.h"
#include "export/export.h"
#include "export/spool.h"
#include "export/url.h"

#define PAUSE_NS 20000000L

static void pause_briefly(void)
{
	static const struct timespec t = { .tv_nsec = PAUSE_NS };

	(void)nanosleep(&t, NULL);
}

/* The sink's own spool may be full: wait for it. */
static int write_patiently(struct attest_sink *sink,
			   const struct attest_record *rec, uint64_t until_ns)
{
	for (;;) {
		struct attest_export_status status;
		int r;

		(void)attest_export_get_status(sink, &status);
		if (status.queued < 100000) {
			r = sink->ops->write(sink, rec);
			if (r != -ENOSPC)
				return r;
		}
		if (attest_monotonic_ns() > until_ns)
			return -ETIMEDOUT;
		(void)sink->ops->tick(sink, attest_monotonic_ns());
		pause_briefly();
	}
}

static int copy(struct attest_spool *spool, struct attest_sink *sink,
		uint64_t until_ns, uint64_t *n)
{
	for (;;) {
		struct attest_decoded decoded;
		const char *data;
		uint64_t seq;
		size_t len;
		int r = attest_spool_next(spool, &seq, &data, &len);

		if (r <= 0)
			return r;
		if (attest_codec_decode(data, len, &decoded) < 0)
			continue;
		r = write_patiently(sink, &decoded.rec, until_ns);
		if (r < 0)
			return r;
		(*n)++;
	}
}

static int await_sent(struct attest_sink *sink, uint64_t n, uint64_t until_ns)
{
	struct attest_export_status status;

	for (;;) {
		(void)sink->ops->tick(sink, attest_monotonic_ns());
		if (!attest_export_get_status(sink, &status))
			return -EINVAL;
		if (status.sent + status.rejected >= n)
			return 0;
		if (attest_monotonic_ns() > until_ns)
			return -ETIMEDOUT;
		pause_briefly();
	}
}

int attest_export_replay(const char *spool_dir, const char *url,
			 const struct attest_export_options *options,
			 int deadline_ms, uint64_t *ret_sent,
			 struct attest_diag *reterr_diag)
{
	static const struct attest_spool_options spool_options = {
		.max_bytes = 1ULL << 40,
	};
	uint64_t until =
	    attest_monotonic_ns() + (uint64_t)deadline_ms * 1000000;
	struct attest_spool *spool = NULL;
	struct attest_sink *sink = NULL;
	uint64_t first, next, n = 0;
	int r;

	r = attest_spool_open(spool_dir, &spool_options, &spool);
	if (r < 0)
		return attest_export_fail(
		    reterr_diag, r, "cannot open the spool '%.100s': %s",
		    spool_dir,
		    r == -EBUSY ? "a process is sending it now"
				: strerrordesc_np(-r));
	r = attest_export_open(url, options, &sink, reterr_diag);
	if (r < 0) {
		attest_spool_close(&spool);
		return r;
	}
	r = copy(spool, sink, until, &n);
	if (r >= 0)
		r = await_sent(sink, n, until);
	sink->ops->close(sink, 5000);
	attest_spool_range(spool, &first, &next);
	/* All or nothing: what was half sent is sent again next time. */
	if (r >= 0)
		r = attest_spool_commit(spool, next);
	attest_spool_close(&spool);
	if (r < 0)
		return attest_export_fail(reterr_diag, r,
					  "replay ended early: %s; the spool "
					  "is kept",
					  strerrordesc_np(-r));
	*ret_sent = n;
	return 0;
}
