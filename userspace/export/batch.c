// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/batch.h"
#include "export/codec.h"
#include "export/gap.h"
#include "export/formats/syslog.h"

void attest_batch_clear(struct attest_batch *batch)
{
	attest_str_clear(&batch->bytes);
	batch->n = 0;
}

void attest_batch_done(struct attest_batch *batch)
{
	attest_str_done(&batch->bytes);
	free(batch->items);
	memset(batch, 0, sizeof(*batch));
}

static int add(struct attest_batch *batch, struct attest_courier *courier,
	       const struct attest_record *rec, uint64_t seq)
{
	struct attest_batch_item *item = &batch->items[batch->n];
	int r;

	memset(item, 0, sizeof(*item));
	item->offset = batch->bytes.len;
	r = courier->ops->encode(courier, &batch->bytes, rec);
	if (r < 0) {
		batch->bytes.len = item->offset;
		batch->bytes.error = 0;
		return r;
	}
	item->len = batch->bytes.len - item->offset;
	item->seq = seq;
	item->time_ns = rec->time_ns;
	item->severity = (uint8_t)attest_syslog_severity(rec);
	memcpy(item->id, rec->id, sizeof(item->id));
	(void)snprintf(item->key, sizeof(item->key), "%.40s %.*s",
		       rec->host ? rec->host : "",
		       rec->cgroup.len > 50 ? 50 : (int)rec->cgroup.len,
		       rec->cgroup.data ? rec->cgroup.data : "");
	batch->n++;
	return 0;
}

/* Entries below to are not there any more: say so in their place. */
static int add_hole(struct attest_batch *batch,
		    struct attest_batch_source *source, uint64_t to)
{
	struct attest_record rec;
	uint64_t from = source->expected;
	int r;

	attest_gap_of_spool(source->spool, source->host, from, to, &rec);
	/* Its first number: whoever goes back there finds the hole again. */
	r = add(batch, source->courier, &rec, from);
	if (r < 0)
		return r;
	/* After a break it may be sent, but not counted, again. */
	if (from < source->counted)
		from = source->counted;
	if (to > from)
		source->lost += to - from;
	source->counted = to;
	source->expected = to;
	return 0;
}

static int add_entry(struct attest_batch *batch,
		     struct attest_batch_source *source, uint64_t seq,
		     const char *data, size_t len)
{
	struct attest_decoded decoded;
	int r;

	/* What cannot be decoded is a hole as well. */
	if (attest_codec_decode(data, len, &decoded) < 0)
		return 0;
	if (seq > source->expected) {
		r = add_hole(batch, source, seq);
		if (r < 0)
			return r;
	}
	source->expected = seq + 1;
	return add(batch, source->courier, &decoded.rec, seq);
}

int attest_batch_fill(struct attest_batch *batch,
		      struct attest_batch_source *source)
{
	const struct attest_courier_ops *ops = source->courier->ops;

	if (!batch->items) {
		/* One more for a gap record. */
		batch->items =
		    calloc(ops->max_records + 1, sizeof(*batch->items));
		if (!batch->items)
			return -ENOMEM;
	}
	while (batch->n < ops->max_records &&
	       batch->bytes.len < ops->max_bytes) {
		const char *data;
		uint64_t seq;
		size_t len;
		int r = attest_spool_next(source->spool, &seq, &data, &len);

		if (r > 0)
			r = add_entry(batch, source, seq, data, len);
		else if (r == 0 && source->expected < source->found)
			r = add_hole(batch, source, source->found);
		else
			return r;
		if (r < 0)
			return r;
	}
	return 0;
}

void attest_batch_compact(struct attest_batch *batch)
{
	size_t n = 0;
	size_t offset = 0;

	for (size_t i = 0; i < batch->n; i++) {
		struct attest_batch_item *item = &batch->items[i];

		if (item->delivery != ATTEST_DELIVERY_RETRY)
			continue;
		memmove(batch->bytes.data + offset,
			batch->bytes.data + item->offset, item->len);
		item->offset = offset;
		offset += item->len;
		batch->items[n++] = *item;
	}
	batch->n = n;
	batch->bytes.len = offset;
}
