// SPDX-License-Identifier: Apache-2.0
/**
 * `export --replay`: a spool that no process sends, to any URL.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "export/codec.h"
#include "export/courier.h"
#include "export/export.h"
#include "export/gap.h"
#include "export/queue.h"
#include "export/spool.h"
#include "export/spool_place.h"

#define PAUSE_NS 20000000L
#define CLOSE_MS 5000

static void pause_briefly(void)
{
	static const struct timespec t = { .tv_nsec = PAUSE_NS };

	(void)nanosleep(&t, NULL);
}

/* What is there, and in its place what is not. */
static int copy_entries(struct attest_spool *spool, struct attest_sink *sink,
			uint64_t *ret_lost)
{
	uint64_t expected, end, seq;
	struct attest_decoded decoded;
	struct attest_record gap;
	char host[256] = "";
	const char *data;
	size_t len;
	int r, more;

	(void)gethostname(host, sizeof(host) - 1);
	attest_spool_range(spool, &expected, &end);
	do {
		more = attest_spool_next(spool, &seq, &data, &len);
		if (more < 0)
			return more;
		if (more && attest_codec_decode(data, len, &decoded) < 0)
			continue;
		if (!more)
			seq = end;
		if (seq > expected) {
			attest_gap_of_spool(spool, host, expected, seq, &gap);
			*ret_lost += gap.gap_lost;
			r = sink->ops->write(sink, &gap);
			if (r < 0)
				return r;
		}
		r = more ? sink->ops->write(sink, &decoded.rec) : 0;
		if (r < 0)
			return r;
		expected = seq + 1;
	} while (more);
	return 0;
}

/* Into a sink that keeps nothing itself. All or nothing. */
static int copy(const char *spool_dir, struct attest_sink *sink,
		uint64_t *ret_lost)
{
	static const struct attest_spool_options options = {
		.max_bytes = 1ULL << 40,
	};
	struct attest_spool *spool = NULL;
	uint64_t first, next;
	int r = attest_spool_open(spool_dir, &options, &spool);

	if (r < 0)
		return r;
	r = copy_entries(spool, sink, ret_lost);
	if (r >= 0)
		r = sink->ops->tick(sink, attest_monotonic_ns());
	if (r >= 0) {
		attest_spool_range(spool, &first, &next);
		r = attest_spool_commit(spool, next);
	}
	attest_spool_close(&spool);
	return r;
}

/* The sink has the spool as its own. */
static int await_sent(struct attest_sink *sink, uint64_t until_ns)
{
	struct attest_export_status status;

	for (;;) {
		(void)sink->ops->tick(sink, attest_monotonic_ns());
		(void)attest_export_get_status(sink, &status);
		if (status.queued == 0)
			return 0;
		if (attest_monotonic_ns() > until_ns)
			return -ETIMEDOUT;
		pause_briefly();
	}
}

/* Opening would make one of any directory. */
static int check_spool(const char *spool_dir, struct attest_diag *diag)
{
	_cleanup_free_ char *cursor = NULL;

	if (asprintf(&cursor, "%s/cursor", spool_dir) < 0) {
		cursor = NULL;
		return attest_export_fail(diag, -ENOMEM, "out of memory");
	}
	if (access(cursor, R_OK | W_OK) == 0)
		return 0;
	return attest_export_fail(diag, -errno, "'%.100s' is no spool: %s",
				  spool_dir, strerrordesc_np(errno));
}

int attest_export_replay(const char *spool_dir, const char *url,
			 int deadline_ms,
			 struct attest_export_status *ret_status,
			 struct attest_diag *reterr_diag)
{
	const struct attest_export_options options = { .spool_dir = spool_dir };
	uint64_t until =
	    attest_monotonic_ns() + (uint64_t)deadline_ms * 1000000;
	_cleanup_free_ char *recorded = NULL;
	struct attest_sink *sink = NULL;
	uint64_t lost = 0;
	int r = check_spool(spool_dir, reterr_diag);

	if (r < 0)
		return r;
	if (!url && attest_spool_place_url(spool_dir, &recorded) < 0)
		return attest_export_fail(reterr_diag, -ENOENT,
					  "the spool '%.100s' does not say "
					  "where to; name an URL",
					  spool_dir);
	r = attest_export_open(url ? url : recorded, &options, &sink,
			       reterr_diag);
	if (r < 0)
		return r;
	if (sink->ops == &attest_queue_sink_ops)
		r = await_sent(sink, until);
	else
		r = copy(spool_dir, sink, &lost);
	attest_export_close(sink, r < 0 ? 0 : CLOSE_MS, ret_status);
	ret_status->dropped += lost;
	if (r == -ETIMEDOUT && ret_status->queued == 0)
		r = 0;
	if (r < 0)
		return attest_export_fail(reterr_diag, r,
					  "replay ended early: %s; the rest is "
					  "kept",
					  r == -EBUSY ? "another process has "
							"the spool"
						      : strerrordesc_np(-r));
	return 0;
}
