// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "export/gap.h"

void attest_gap_add(struct attest_gap *gap, const struct attest_record *rec)
{
	if (gap->lost == 0) {
		free(gap->host);
		gap->host = rec->host ? strdup(rec->host) : NULL;
		gap->first = rec->seq;
		memcpy(gap->id, rec->id, sizeof(gap->id));
	}
	gap->last = rec->seq;
	gap->time_ns = rec->time_ns;
	if (rec->kind == ATTEST_KIND_GAP)
		gap->lost += rec->gap_lost;
	else
		gap->lost += rec->count ? rec->count : 1;
}

bool attest_gap_is_open(const struct attest_gap *gap)
{
	return gap->lost > 0;
}

void attest_gap_record(const struct attest_gap *gap, const char *reason,
		       struct attest_record *ret_rec)
{
	memset(ret_rec, 0, sizeof(*ret_rec));
	/* As unique as the first lost record's own. */
	(void)snprintf(ret_rec->id, sizeof(ret_rec->id), "gap-%.59s", gap->id);
	ret_rec->time_ns = gap->time_ns;
	ret_rec->host = gap->host;
	ret_rec->seq = gap->last;
	ret_rec->count = 1;
	ret_rec->kind = ATTEST_KIND_GAP;
	ret_rec->syscall = -1;
	ret_rec->gap_first = gap->first;
	ret_rec->gap_last = gap->last;
	ret_rec->gap_lost = gap->lost;
	ret_rec->gap_reason = reason;
}

void attest_gap_of_spool(struct attest_spool *spool, const char *host,
			 uint64_t first, uint64_t end,
			 struct attest_record *ret_rec)
{
	*ret_rec = (struct attest_record){
		.kind = ATTEST_KIND_GAP,
		.count = 1,
		.syscall = -1,
		.host = host,
		.time_ns = (uint64_t)time(NULL) * 1000000000,
		.seq = end,
		.gap_first = first,
		.gap_last = end - 1,
		.gap_lost = end - first,
		.gap_reason = "spool entries damaged or too old",
	};
	(void)snprintf(ret_rec->id, sizeof(ret_rec->id),
		       "spool-%.20s-%llx-%llu", host ? host : "",
		       (unsigned long long)attest_spool_id(spool),
		       (unsigned long long)first);
}

void attest_gap_clear(struct attest_gap *gap)
{
	gap->lost = 0;
}

void attest_gap_done(struct attest_gap *gap)
{
	free(gap->host);
	memset(gap, 0, sizeof(*gap));
}
