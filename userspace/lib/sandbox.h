/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a sandbox is made of. Internal to lib/.
 */
#pragma once

#include "engine/engine.h"
#include "lib/exports.h"
#include "lib/sinks.h"
#include "report/report.h"

/* The callback's, the report's and the exports. */
#define ATTEST_SINKS_MAX (2 + ATTEST_EXPORTS_MAX)

#define ATTEST_FORMATS_HINT                                                    \
	"the formats are json, html, markdown, in-toto and allow-list"

struct attest_sandbox {
	struct attest_engine_calls calls;
	bool has_calls;
	const struct attest_policy *policy; /* NULL: nothing is confined */
	struct attest_policy *completed; /* what policy is if it was changed */
	struct attest_sandbox_options options;
	struct attest_callback_sink callback;
	struct attest_report_sink report_sink;
	struct attest_sink *sinks[ATTEST_SINKS_MAX];
	size_t n_sinks;
	struct attest_exports exports;
	void (*ready)(void *data);
	void *ready_data;

	/* Of the last subject. */
	struct attest_report *report;
	struct attest_engine_result result;
	struct attest_report_context context;
	char *subject; /* its name */
	struct attest_container_result container;
};

/** A clean report for the next subject, whose name is taken; NULL: -ENOMEM. */
int attest_sandbox_start(struct attest_sandbox *s, const char *kind, char *name,
			 struct attest_error *error);

struct attest_engine_options
attest_sandbox_engine_options(struct attest_sandbox *s);

/** The result of a subject, or the error that r and the engine's text are. */
int attest_sandbox_finish(struct attest_sandbox *s, int r, bool is_enforced,
			  struct attest_sandbox_result *ret,
			  struct attest_error *error);

/** For SIGHUP: attest_exports_hangup() of the sandbox that data is. */
void attest_sandbox_hangup(void *data);
