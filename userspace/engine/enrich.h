/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the event does not say of itself: names, the rule, a sentence.
 */
#pragma once

#include "engine/session.h"

#define ATTEST_CONTEXT_LEN 512

/** Texts that a record borrows while it is handed around. */
struct attest_enriched {
	char context[ATTEST_CONTEXT_LEN];
	char path[ATTEST_PATH_MAX + ATTEST_ARG_MAX + 2];
};

/** Fills in the rest of a record that attest_event_decode() began. */
void attest_enrich(struct attest_session *s, const void *event,
		   struct attest_record *rec, struct attest_enriched *texts);

/**
 * Completes the record of a path system call: of one that failed, if the
 * policy refuses its path, so that Landlock refused it; of one that was done,
 * in audit mode, with what the policy says of it.
 * Return: false: nothing to record, somebody else refused.
 */
bool attest_outside_record(const struct attest_session *s, const void *event,
			   struct attest_record *rec,
			   struct attest_enriched *texts);
