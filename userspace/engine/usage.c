// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/cleanup.h"
#include "engine/session.h"

static void put(struct attest_engine_result *result, const char *name,
		uint64_t used, uint64_t limit)
{
	size_t i = 0;

	if (!limit)
		return;
	while (i < result->n_counters &&
	       strcmp(result->counters[i].name, name) != 0)
		i++;
	if (i == ARRAY_SIZE(result->counters))
		return;
	if (i == result->n_counters)
		result->n_counters++;
	result->counters[i] = (struct attest_report_counter){
		.name = name,
		.used = used,
		.limit = limit,
	};
}

void attest_session_usage(struct attest_session *s)
{
	struct attest_usage usage;

	if (!s->image || !s->has_slot ||
	    attest_kern_usage(s->kern, &s->slot, &usage) < 0)
		return;
	put(s->result, "max_file_size", usage.largest_file,
	    s->image->max_file_bytes);
	put(s->result, "max_disk_usage", usage.disk_bytes,
	    s->image->max_disk_bytes);
	put(s->result, "max_files", usage.files, s->image->max_files);
}
