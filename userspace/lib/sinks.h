/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The sinks that the library itself hangs on a session.
 */
#pragma once

#include <attest/attest.h>

#include "event/sink.h"
#include "report/report.h"

/** Adds every record to a report, of which it can keep a file. */
struct attest_report_sink {
	struct attest_sink sink;
	struct attest_report *report;		     /* borrowed */
	const struct attest_report_context *context; /* borrowed */
	char *path;				     /* NULL: no file */
	enum attest_report_format format;
	bool is_stale; /* the file lacks records */
	uint64_t written_ns;
};
void attest_report_sink_init(struct attest_report_sink *sink,
			     struct attest_report *report,
			     const struct attest_report_context *context);

/** Writes the file, if there is to be one: whole, or not at all. */
void attest_report_sink_checkpoint(struct attest_report_sink *sink);

/** Hands every record to a callback. */
struct attest_callback_sink {
	struct attest_sink sink;
	attest_event_fn fn; /* NULL: nobody asks */
	void *data;
	struct attest_str json; /* of the record at hand */
	struct attest_str texts;
};
void attest_callback_sink_init(struct attest_callback_sink *sink);
void attest_callback_sink_done(struct attest_callback_sink *sink);
