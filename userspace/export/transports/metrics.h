/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Counters by label set and their text form. Internal to export/. Pure.
 */
#pragma once

#include "base/str.h"
#include "export/transport.h"

/* Label sets; what comes after goes to one called "other". */
#define ATTEST_METRICS_MAX 4096

struct attest_metrics {
	struct attest_metric *all; /* hash table of ATTEST_METRICS_MAX * 2 */
	size_t n;
	uint64_t total;
	uint64_t other;
	uint64_t gaps;
	uint64_t lost;
};

/** 0 or -ENOMEM. */
int attest_metrics_count(struct attest_metrics *metrics,
			 const struct attest_record *rec);
/** Prometheus text format 0.0.4. group may be NULL. */
void attest_metrics_render(const struct attest_metrics *metrics,
			   struct attest_export_group *group,
			   struct attest_str *s);
void attest_metrics_done(struct attest_metrics *metrics);
