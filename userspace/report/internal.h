/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the files of this folder share.
 */
#pragma once

#include <jansson.h>

#include "report/report.h"

/** Records of one kind. */
struct attest_report_list {
	json_t *records; /* array, at most ATTEST_REPORT_RECORDS_MAX */
	uint64_t count;	 /* folded ones counted as often as they happened */
	uint64_t omitted;
};

struct attest_report {
	struct attest_report_list lists[ATTEST_KIND_END];
	/* object: count by type, action, layer, rule and path */
	json_t *by_type, *by_action, *by_layer, *by_rule, *by_path;
	uint64_t lost;	   /* sum of all gaps */
	uint64_t first_ns; /* of the records */
	char *host;
	json_t *policy; /* of the records: name and digest, or NULL */
	json_t *whole;	/* a report that was read back, or NULL */
};

#define _json_ __attribute__((__cleanup__(json_decrefp)))

/** The report as a tree, SPEC's keys first. NULL: out of memory. */
json_t *attest_report_tree(const struct attest_report *report,
			   const struct attest_report_context *context);

/** Adds to a mapping's count. */
int attest_report_count(json_t *counts, const char *key, uint64_t n);

/** "2026-01-15T10:30:00Z"; buffer has 32 bytes. */
const char *attest_report_time(uint64_t time_ns, char *buffer);

/* Parts of the tree: each returns a new reference or NULL. */
json_t *attest_report_seccomp_profile(const struct attest_policy *policy);
char *attest_report_policy_summary(const struct attest_policy *policy);
json_t *attest_report_coverage(const struct attest_coverage *coverage);
json_t *attest_report_compliance(const struct attest_policy *policy,
				 const struct attest_coverage *coverage,
				 uint64_t lost);

/* Renderers of the tree. 0 or -errno. */
int attest_report_html(const json_t *tree, struct attest_str *out);
int attest_report_markdown(const json_t *tree, struct attest_str *out);
int attest_report_intoto(const json_t *tree, const char *const *artifacts,
			 struct attest_str *out);

/** A string of the tree by its keys, "" if it is not there. */
const char *attest_report_text(const json_t *tree, const char *first,
			       const char *second);
