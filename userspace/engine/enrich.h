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
 * Makes the record of a path system call that failed one of a refusal by
 * Landlock, if that is what the policy and the path say.
 * Return: false: the policy allows it, so somebody else refused.
 */
bool attest_landlock_record(const struct attest_session *s, const void *event,
			    struct attest_record *rec,
			    struct attest_enriched *texts);
