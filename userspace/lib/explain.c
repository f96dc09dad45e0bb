// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/engine.h"
#include "event/record.h"
#include "lib/error.h"
#include "policy/coverage.h"

/* "bpf,landlock" */
static const char *layers_text(uint32_t layers, char *buffer, size_t size)
{
	size_t n = 0;

	buffer[0] = '\0';
	for (int i = 1; i < ATTEST_LAYER_END; i++)
		if (layers & 1U << i)
			n += (size_t)snprintf(buffer + n, size - n, "%s%s",
					      n ? "," : "",
					      attest_layer_name(i));
	return buffer;
}

static int explain(const struct attest_coverage *coverage,
		   attest_explanation_fn fn, void *data)
{
	int missing = 0;

	for (size_t i = 0; i < coverage->n_items; i++) {
		const struct attest_item *item = &coverage->items[i];
		char full[96];
		char partial[96];
		const struct attest_explanation explanation = {
			.item = item->text,
			.full = layers_text(item->full, full, sizeof(full)),
			.partial = layers_text(item->partial, partial,
					       sizeof(partial)),
			.reason = item->reason ? item->reason : "",
			.enforced = item->full != 0,
		};
		int r = fn(&explanation, data);

		if (r < 0)
			return r;
		missing += !explanation.enforced;
	}
	return missing;
}

int attest_policy_explain(const struct attest_policy *policy,
			  enum attest_subject_type subject,
			  attest_explanation_fn fn, void *data,
			  struct attest_error *reterr_error)
{
	_cleanup_(attest_coverage_free) struct attest_coverage *coverage = NULL;
	static const enum attest_subject_kind kinds[] = {
		[ATTEST_SUBJECT_TYPE_COMMAND] = ATTEST_SUBJECT_COMMAND,
		[ATTEST_SUBJECT_TYPE_PID] = ATTEST_SUBJECT_PID,
		[ATTEST_SUBJECT_TYPE_CGROUP] = ATTEST_SUBJECT_CGROUP_TREE,
		[ATTEST_SUBJECT_TYPE_CONTAINER] = ATTEST_SUBJECT_CONTAINER,
	};
	char reason[512] = "";
	int r;

	if ((size_t)subject >= ARRAY_SIZE(kinds))
		return attest_error_set(reterr_error, -EINVAL, NULL,
					"unknown kind of subject");
	r = attest_engine_explain(policy, kinds[subject], &coverage, reason,
				  sizeof(reason));
	if (r < 0)
		return attest_error_set(reterr_error, r, NULL,
					"cannot probe this kernel: %s",
					strerror(-r));
	return explain(coverage, fn, data);
}
