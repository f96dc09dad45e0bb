/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The security report: records and their context, in one document.
 *
 * Records are collected one by one, alive from the engine or as lines of
 * native JSON. Every count is exact; past ATTEST_REPORT_RECORDS_MAX of a kind
 * the records themselves are left out, and the report says how many.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "event/record.h"
#include "policy/coverage.h"
#include "policy/policy.h"
#include "report/destinations.h"

#define ATTEST_REPORT_RECORDS_MAX 10000	   /* of each kind, in full */
#define ATTEST_REPORT_LINE_MAX (64U << 10) /* bytes of one JSON line */
#define ATTEST_REPORT_FILE_MAX (64U << 20) /* bytes of a report read back */

enum attest_report_format {
	ATTEST_REPORT_JSON,
	ATTEST_REPORT_HTML,
	ATTEST_REPORT_MARKDOWN,
	ATTEST_REPORT_INTOTO, /* an unsigned in-toto statement */
	/* The destinations of mode audit, as the network section of a policy */
	ATTEST_REPORT_ALLOW_LIST,
	ATTEST_REPORT_END,
};

/** A limit of the policy and how much of it was used. */
struct attest_report_counter {
	const char *name; /* "disk_usage", "files", ... */
	uint64_t used;
	uint64_t limit; /* 0: none */
};

/** What the records do not say. Everything is borrowed and may be absent. */
struct attest_report_context {
	const struct attest_policy *policy;
	const struct attest_coverage *coverage;
	const char *attach_mode; /* of the BPF layer: "lsm", "fmod_ret", ... */
	const char *record_source;

	const char *subject_kind;    /* "command", "pid", "cgroup", ... */
	const char *subject;	     /* "cc -c a.c", "/ci.slice", ... */
	const char *const *artifact; /* files for the in-toto subject, NULL */
	bool has_status;
	int exit_status; /* as a shell would give it */
	uint64_t started_ns;
	uint64_t ended_ns; /* CLOCK_REALTIME, 0: unknown */
	bool incomplete;   /* written before the subject ended */
	bool is_audit;	   /* nothing was refused, whatever the policy's mode */

	const struct attest_report_counter *counters;
	size_t n_counters;
	const struct attest_report_destinations *destinations;
};

struct attest_report;

/** 0 or -ENOMEM. */
int attest_report_new(struct attest_report **ret);
void attest_report_free(struct attest_report **report);

/** Adds a record. 0 or -ENOMEM. */
int attest_report_add(struct attest_report *report,
		      const struct attest_record *rec);

/**
 * Adds a record that is one line of native JSON, or takes over a whole
 * report that was written as JSON before.
 *
 * Return: 0; -EINVAL not JSON or not one of ours (reterr_diag is filled),
 *         -ENOMEM.
 */
int attest_report_add_json(struct attest_report *report, const char *text,
			   size_t len, struct attest_diag *reterr_diag);

/** Adds every line of a file, or a whole report; "-" is standard input. */
int attest_report_add_file(struct attest_report *report, const char *path,
			   struct attest_diag *reterr_diag);

/**
 * Writes the report.
 *
 * @context: may be NULL: nothing but the records is known.
 *
 * Return: 0, -ENOMEM, or what reading an artifact said.
 */
int attest_report_render(const struct attest_report *report,
			 const struct attest_report_context *context,
			 enum attest_report_format format,
			 struct attest_str *out);

/** As attest_report_render(), into a file that is whole or not there. */
int attest_report_write(const struct attest_report *report,
			const struct attest_report_context *context,
			enum attest_report_format format, const char *path);

/** All records but gaps as one JSON array, oldest first within a kind. */
int attest_report_violations(const struct attest_report *report,
			     struct attest_str *out);

/** The format by its name, or -EINVAL. */
int attest_report_format_find(const char *name);
