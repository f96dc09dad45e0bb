/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The exports of a sandbox: sinks by URL, perhaps with a fold in front.
 */
#pragma once

#include <attest/attest.h>

#include "event/sink.h"
#include "export/export.h"

#define ATTEST_EXPORTS_MAX 32

struct attest_exports {
	struct attest_sink *sinks[ATTEST_EXPORTS_MAX];
	size_t n;
	struct attest_export_group *group;
	const char *spool_root; /* borrowed; NULL: the usual place */
	uint64_t fold_ms;	/* 0: records go on one by one */
	attest_export_fn fn;	/* or NULL */
	void *data;
};

int attest_exports_add(struct attest_exports *exports, const char *url,
		       struct attest_error *reterr_error);
/** One state to the callback, if there is one. */
void attest_exports_tell(const struct attest_export_status *status,
			 bool is_closed, attest_export_fn fn, void *data);
/** Opens files again and tells the callback how each export is doing. */
void attest_exports_hangup(struct attest_exports *exports);
/** Sends what can be sent within some seconds, tells, closes. */
void attest_exports_close(struct attest_exports *exports);
