// SPDX-License-Identifier: Apache-2.0
/**
 * The writer's half: records go into the spool, or into a gap.
 *
 * One thread per sink: a receiver that is down, slow or broken costs the
 * others nothing. The writer wakes the thread at each tick, not per record.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/codec.h"
#include "export/group.h"
#include "export/queue.h"
#include "export/queue_worker.h"
#include "export/spool_place.h"

struct queue {
	struct attest_export_sink base;
	struct attest_queue_worker worker;
	struct attest_spool_where where;
	struct attest_str encoded;
	struct attest_gap gap;
	uint64_t written;
	uint64_t dropped;
};

static int put(struct queue *q, const struct attest_record *rec)
{
	attest_str_clear(&q->encoded);
	attest_codec_encode(&q->encoded, rec);
	if (q->encoded.error)
		return q->encoded.error;
	return attest_spool_append(q->worker.source.spool, q->encoded.data,
				   q->encoded.len);
}

static int put_gap(struct queue *q)
{
	struct attest_record rec;
	int r;

	if (!attest_gap_is_open(&q->gap))
		return 0;
	attest_gap_record(&q->gap, "spool full", &rec);
	r = put(q, &rec);
	if (r >= 0)
		attest_gap_clear(&q->gap);
	return r;
}

static int queue_write(struct attest_sink *sink,
		       const struct attest_record *rec)
{
	struct queue *q = (struct queue *)sink;
	int r;

	q->written++;
	r = put_gap(q);
	if (r >= 0)
		r = put(q, rec);
	if (r < 0) {
		attest_gap_add(&q->gap, rec);
		q->dropped++;
	}
	return r;
}

static int queue_tick(struct attest_sink *sink, uint64_t now_ns)
{
	struct queue *q = (struct queue *)sink;
	int r = put_gap(q);

	attest_queue_worker_wake(&q->worker);
	return r;
}

static void fill_status(struct queue *q, struct attest_export_status *status)
{
	uint64_t first, next;

	attest_spool_range(q->worker.source.spool, &first, &next);
	status->queued = next > first ? next - first : 0;
	status->written = q->written;
	status->dropped += q->dropped;
	memcpy(status->name, q->base.name, sizeof(status->name));
	(void)snprintf(status->spool, sizeof(status->spool), "%s",
		       q->where.directory ? q->where.directory : "");
	status->is_temporary = q->where.is_temporary;
}

static void queue_close(struct attest_sink *sink, int deadline_ms)
{
	struct queue *q = (struct queue *)sink;

	(void)put_gap(q);
	attest_export_group_remove(&q->base);
	attest_queue_worker_stop(&q->worker, deadline_ms);
	if (q->base.last) {
		*q->base.last = q->worker.status;
		fill_status(q, q->base.last);
	}
	attest_spool_close(&q->worker.source.spool);
	attest_spool_place_done(&q->where);
	attest_str_done(&q->encoded);
	attest_gap_done(&q->gap);
	free(q);
}

const struct attest_sink_ops attest_queue_sink_ops = {
	.name = "queue",
	.write = queue_write,
	.tick = queue_tick,
	.close = queue_close,
};

static void queue_status(struct attest_export_sink *sink,
			 struct attest_export_status *ret_status)
{
	struct queue *q = (struct queue *)sink;

	attest_queue_worker_status(&q->worker, ret_status);
	fill_status(q, ret_status);
}

int attest_queue_open(const struct attest_transport_args *args,
		      struct attest_courier *courier,
		      struct attest_export_sink **ret,
		      struct attest_diag *reterr_diag)
{
	struct queue *q = calloc(1, sizeof(*q));
	int r;

	if (!q) {
		(void)courier->ops->close(courier);
		return attest_export_fail(reterr_diag, -ENOMEM,
					  "out of memory");
	}
	q->base.sink.ops = &attest_queue_sink_ops;
	q->base.status = queue_status;
	r = attest_spool_place(args, &q->worker.source.spool, &q->where,
			       reterr_diag);
	if (r < 0) {
		(void)courier->ops->close(courier);
		free(q);
		return r;
	}
	q->worker.source.courier = courier;
	q->worker.is_durable = !q->where.is_temporary;
	r = attest_queue_worker_start(&q->worker);
	if (r < 0) {
		(void)courier->ops->close(courier);
		attest_spool_close(&q->worker.source.spool);
		attest_spool_place_done(&q->where);
		free(q);
		return attest_export_fail(reterr_diag, r,
					  "cannot start a thread: %s",
					  strerrordesc_np(-r));
	}
	*ret = &q->base;
	return 0;
}
