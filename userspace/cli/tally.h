/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The one-screen summary at the end of watch.
 */
#pragma once

#include <attest/attest.h>

struct attest_tally;

/** NULL: out of memory; the others accept that and do nothing. */
struct attest_tally *attest_tally_new(void);
void attest_tally_freep(struct attest_tally **tally);
void attest_tally_add(struct attest_tally *tally,
		      const struct attest_event *event);
/** On standard error. */
void attest_tally_print(const struct attest_tally *tally,
			const struct attest_sandbox_result *result);
