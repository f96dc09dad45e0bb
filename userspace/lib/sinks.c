// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <sys/types.h>

#include "base/address.h"
#include "base/str.h"
#include "event/json.h"
#include "lib/sinks.h"

/* A file with ten thousand records takes some milliseconds. */
#define CHECKPOINT_NS 1000000000ULL

static int no_tick(struct attest_sink *sink, uint64_t now_ns)
{
	return 0;
}

/* Both live in their owner, which frees them. */
static void no_close(struct attest_sink *sink, int deadline_ms)
{
}

static int write_report(struct attest_sink *sink,
			const struct attest_record *rec)
{
	struct attest_report_sink *s = (struct attest_report_sink *)sink;

	s->is_stale = true;
	return attest_report_add(s->report, rec);
}

/* What cannot be written now fails where the caller writes the last one. */
void attest_report_sink_checkpoint(struct attest_report_sink *sink)
{
	if (!sink->path)
		return;
	(void)attest_report_write(sink->report, sink->context, sink->format,
				  sink->path);
	sink->is_stale = false;
}

static int tick_report(struct attest_sink *sink, uint64_t now_ns)
{
	struct attest_report_sink *s = (struct attest_report_sink *)sink;

	if (s->is_stale && now_ns - s->written_ns >= CHECKPOINT_NS) {
		s->written_ns = now_ns;
		attest_report_sink_checkpoint(s);
	}
	return 0;
}

void attest_report_sink_init(struct attest_report_sink *sink,
			     struct attest_report *report,
			     const struct attest_report_context *context)
{
	static const struct attest_sink_ops ops = {
		.name = "report",
		.write = write_report,
		.tick = tick_report,
		.close = no_close,
	};

	sink->sink.ops = &ops;
	sink->report = report;
	sink->context = context;
	sink->is_stale = false;
	sink->written_ns = 0;
}

/* Where bytes start among the texts, or -1: they may move until the last. */
static ssize_t keep(struct attest_str *texts, const struct attest_bytes *bytes)
{
	size_t at = texts->len;

	if (!bytes->data)
		return -1;
	attest_str_append(texts, bytes->data, bytes->len);
	attest_str_append(texts, "", 1);
	return (ssize_t)at;
}

static const char *text_at(const struct attest_str *texts, ssize_t at)
{
	return at < 0 ? NULL : texts->data + at;
}

static void fill(struct attest_event *e, const struct attest_record *rec)
{
	*e = (struct attest_event){
		.size = sizeof(*e),
		.kind = attest_kind_name(rec->kind),
		.action = attest_verdict_name(rec->verdict),
		.layer = attest_layer_name(rec->layer),
		.hook = attest_hook_name(rec->hook),
		.time_ns = rec->time_ns,
		.seq = rec->seq,
		.count = rec->count ? rec->count : 1,
		.pid = rec->pid,
		.tid = rec->tid,
		.ppid = rec->ppid,
		.uid = rec->uid,
		.comm = rec->comm,
		.syscall = rec->syscall_name,
		.context = rec->context,
		.lost = rec->gap_lost,
		.container_id = rec->container_id,
		.container_name = rec->container_name,
		.container_image = rec->container_image,
		.container_runtime = rec->container_runtime,
	};
	if (rec->violation != ATTEST_VIOLATION_NONE)
		e->violation = attest_violation_name(rec->violation);
	if (rec->access)
		e->attempted_access = attest_access_name(rec->access);
	if (rec->has_rule) {
		e->rule = rec->rule_text;
		e->rule_number = rec->rule;
	}
}

/* The destination in words; address has room for any. */
static void fill_address(struct attest_event *e,
			 const struct attest_record *rec, char *address)
{
	if (!rec->has_addr)
		return;
	e->address = attest_address_text(rec->addr, address);
	e->port = rec->port;
}

static int write_callback(struct attest_sink *sink,
			  const struct attest_record *rec)
{
	struct attest_callback_sink *s = (struct attest_callback_sink *)sink;
	char address[INET6_ADDRSTRLEN];
	struct attest_event event;
	ssize_t exe, path, path2;
	int r;

	if (!s->fn)
		return 0;
	attest_str_clear(&s->json);
	attest_str_clear(&s->texts);
	r = attest_record_json(&s->json, rec);
	if (r < 0)
		return r;
	exe = keep(&s->texts, &rec->exe);
	path = keep(&s->texts, &rec->path);
	path2 = keep(&s->texts, &rec->path2);
	if (s->texts.error)
		return s->texts.error;
	fill(&event, rec);
	fill_address(&event, rec, address);
	event.json = s->json.data;
	event.exe = text_at(&s->texts, exe);
	event.path = text_at(&s->texts, path);
	event.path2 = text_at(&s->texts, path2);
	s->fn(&event, s->data);
	return 0;
}

void attest_callback_sink_init(struct attest_callback_sink *sink)
{
	static const struct attest_sink_ops ops = {
		.name = "callback",
		.write = write_callback,
		.tick = no_tick,
		.close = no_close,
	};

	memset(sink, 0, sizeof(*sink));
	sink->sink.ops = &ops;
}

void attest_callback_sink_done(struct attest_callback_sink *sink)
{
	attest_str_done(&sink->json);
	attest_str_done(&sink->texts);
}
