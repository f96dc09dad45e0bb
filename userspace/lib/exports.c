// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <time.h>

#include "export/fold.h"
#include "lib/error.h"
#include "lib/exports.h"
#include "lib/sandbox.h"

/* For all of them together, and at least for each. */
#define CLOSE_MS 5000
#define CLOSE_LEAST_MS 200

int attest_exports_add(struct attest_exports *exports, const char *url,
		       struct attest_error *reterr_error)
{
	struct attest_export_options options = {
		.spool_root = exports->spool_root,
	};
	struct attest_diag diag = { 0 };
	struct attest_sink *sink, *folded;
	int r;

	if (exports->n == ATTEST_EXPORTS_MAX)
		return attest_error_set(reterr_error, -E2BIG, NULL,
					"more than %d exports",
					ATTEST_EXPORTS_MAX);
	if (!exports->group)
		exports->group = attest_export_group_new();
	options.group = exports->group;
	r = attest_export_open(url, &options, &sink, &diag);
	if (r < 0)
		return attest_error_from_diag(reterr_error, r, &diag);
	if (exports->fold_ms) {
		r = attest_fold_new(sink, exports->fold_ms * 1000000, &folded);
		if (r < 0) {
			sink->ops->close(sink, 0);
			return attest_error_set(reterr_error, r, NULL,
						"out of memory");
		}
		sink = folded;
	}
	exports->sinks[exports->n++] = sink;
	return 0;
}

void attest_exports_tell(const struct attest_export_status *status,
			 bool is_closed, attest_export_fn fn, void *data)
{
	char text[768];
	const struct attest_export_state state = {
		.size = sizeof(state),
		.name = status->name,
		.text = text,
		.error = status->last_error[0] ? status->last_error : NULL,
		.spool = status->spool[0] ? status->spool : NULL,
		.written = status->written,
		.sent = status->sent,
		.queued = status->queued,
		.lost = status->dropped,
		.rejected = status->rejected,
		.is_closed = is_closed,
		.is_temporary = status->is_temporary,
	};

	(void)attest_export_format_status(status, text, sizeof(text));
	if (fn)
		fn(&state, data);
}

void attest_exports_hangup(struct attest_exports *exports)
{
	struct attest_export_status status;

	for (size_t i = 0; i < exports->n; i++) {
		attest_export_reopen(exports->sinks[i]);
		if (attest_export_get_status(exports->sinks[i], &status))
			attest_exports_tell(&status, false, exports->fn,
					    exports->data);
	}
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void attest_exports_close(struct attest_exports *exports)
{
	int64_t until = monotonic_ms() + CLOSE_MS;
	struct attest_export_status status;

	for (size_t i = 0; i < exports->n; i++) {
		int64_t left = until - monotonic_ms();

		attest_export_close(exports->sinks[i],
				    left > CLOSE_LEAST_MS ? (int)left
							  : CLOSE_LEAST_MS,
				    &status);
		attest_exports_tell(&status, true, exports->fn, exports->data);
	}
	exports->n = 0;
	attest_export_group_free(&exports->group);
}

int attest_sandbox_add_export(struct attest_sandbox *sandbox, const char *url,
			      struct attest_error *reterr_error)
{
	struct attest_exports *exports = &sandbox->exports;
	int r = attest_exports_add(exports, url, reterr_error);

	if (r == 0)
		sandbox->sinks[sandbox->n_sinks++] =
		    exports->sinks[exports->n - 1];
	return r;
}

void attest_sandbox_set_export_callback(struct attest_sandbox *sandbox,
					attest_export_fn fn, void *data)
{
	sandbox->exports.fn = fn;
	sandbox->exports.data = data;
}

void attest_sandbox_hangup(void *data)
{
	struct attest_sandbox *s = data;

	attest_exports_hangup(&s->exports);
}
