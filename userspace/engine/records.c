// SPDX-License-Identifier: Apache-2.0
/**
 * The way of a record: from the ring, through enrichment, to the sinks.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "engine/enrich.h"
#include "engine/network.h"
#include "engine/procs.h"
#include "engine/session.h"
#include "event/decode.h"

#define TICK_NS 100000000ULL

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static const char *known(const char *text)
{
	return text && text[0] ? text : NULL;
}

void attest_session_emit(struct attest_session *s, struct attest_record *rec)
{
	rec->container_id = known(s->container.id);
	rec->container_name = known(s->container.name);
	rec->container_image = known(s->container.image);
	rec->container_runtime = known(s->container.runtime);
	rec->seq = ++s->n_out;
	s->result->n_records++;
	/* A call that is only recorded is what the policy wants. */
	if (rec->verdict != ATTEST_VERDICT_TRACE &&
	    rec->violation != ATTEST_VIOLATION_NONE)
		s->result->n_violations++;
	for (size_t i = 0; i < s->options->n_sinks; i++) {
		struct attest_sink *sink = s->options->sinks[i];
		int r = sink->ops->write(sink, rec);

		if (r < 0 && !s->sink_failed) {
			s->sink_failed = true;
			log_error("cannot write records to '%s': %s",
				  sink->ops->name, strerror(-r));
		}
	}
}

static void emit_gap(struct attest_session *s, const struct attest_gap *gap)
{
	struct attest_record rec = {
		.time_ns = now_ns(CLOCK_REALTIME),
		.host = s->host,
		.count = 1,
		.kind = ATTEST_KIND_GAP,
		.syscall = -1,
		.gap_cpu = gap->cpu,
		.gap_first = gap->first,
		.gap_last = gap->last,
		.gap_lost = gap->last - gap->first + 1,
		.gap_reason = "the ring buffer was full",
		.context = "records were lost between the kernel and here",
	};

	(void)snprintf(rec.id, sizeof(rec.id), "%s-gap-%x-%llx", s->id_prefix,
		       gap->cpu, (unsigned long long)gap->first);
	if (s->options->policy)
		rec.policy = &s->policy;
	s->result->n_lost += rec.gap_lost;
	attest_session_emit(s, &rec);
}

static void take_call(struct attest_session *s,
		      const struct attest_call_event *event,
		      struct attest_record *rec)
{
	struct attest_engine_calls *calls = s->options->calls;
	struct attest_enriched texts;

	if (!calls)
		return;
	attest_syscall_summary_add(&calls->totals, rec->syscall,
				   event->duration_ns, event->call.result);
	if (calls->only_totals)
		return;
	attest_enrich(s, event, rec, &texts);
	attest_describe_call(event, &s->described, rec);
	attest_session_emit(s, rec);
}

void attest_session_take(struct attest_session *s, const void *event,
			 bool is_held)
{
	const struct attest_policy *policy = s->options->policy;
	const struct attest_event_hdr *hdr = event;
	struct attest_enriched texts;
	struct attest_record rec;

	attest_event_decode(event, s->offset_ns, &rec);
	if (hdr->kind == ATTEST_EVENT_CALL) {
		take_call(s, event, &rec);
		return;
	}
	if (rec.hook == ATTEST_HOOK_SYS_EXIT &&
	    !attest_outside_record(s, event, &rec, &texts))
		return; /* refused by somebody else */
	if (rec.violation == ATTEST_VIOLATION_NONE &&
	    rec.verdict == ATTEST_VERDICT_ALLOW) {
		rec.verdict = ATTEST_VERDICT_TRACE;
		rec.error = 0;
	}
	attest_enrich(s, event, &rec, &texts);
	if (hdr->kind == ATTEST_EVENT_SYSCALL)
		/* What is attached to has filters of its own. */
		attest_describe(event, s->has_filter ? policy->seccomp : NULL,
				&s->here, is_held, &s->described, &rec);
	/* Instead of the shell's bare "Bad system call". */
	if (s->has_filter && rec.kind == ATTEST_KIND_SECCOMP &&
	    rec.verdict == ATTEST_VERDICT_KILL)
		log_error("%s: %s", rec.comm, rec.context ? rec.context : "");
	attest_session_emit(s, &rec);
}

static void on_refusal(void *data, const struct attest_syscall_event *event,
		       size_t rule)
{
	attest_session_take(data, event, true);
}

int attest_session_supervise(struct attest_session *s, int fd)
{
	const struct attest_seccomp_options seccomp = { .where =
							    &s->here.where };
	struct attest_notify_options options = {
		.profile = s->options->policy->seccomp,
		.seccomp = &seccomp,
		.slot = s->slot.slot,
		.generation = s->slot.generation,
		.record = on_refusal,
		.data = s,
	};
	struct attest_diag diag = { 0 };
	int r;

	r = attest_notify_new(fd, &options, &s->notify, &diag);
	return r < 0 ? attest_session_fail(
			   s, r, "cannot supervise the command: %s",
			   diag.text[0] ? diag.text : strerror(-r))
		     : 0;
}

static int take_event(const void *data, size_t len, void *ctx)
{
	const struct attest_event_hdr *hdr = data;
	struct attest_session *s = ctx;
	struct attest_gap gap;
	bool is_process;

	if (!attest_event_is_valid(data, len))
		return 0; /* its number stays missing: a gap says so */
	while (attest_sequence_take(s->sequence, hdr->cpu, hdr->seq, &gap))
		emit_gap(s, &gap);
	if (s->has_slot && (hdr->slot != s->slot.slot ||
			    hdr->generation != s->slot.generation))
		return 0; /* the canary's */
	if (hdr->kind == ATTEST_EVENT_DNS) {
		attest_host_names_add(&s->host_names, data);
		return 0;
	}
	is_process = hdr->kind == ATTEST_EVENT_PROCESS &&
		     hdr->violation == ATTEST_VIOLATION_NONE;
	/* What is known of a process ends with it, but not before its record.
	 */
	if (is_process && hdr->hook != ATTEST_HOOK_PROCESS_EXIT)
		attest_procs_update(s->procs, data);
	if (!is_process || s->options->with_processes)
		attest_session_take(s, data, false);
	if (is_process && hdr->hook == ATTEST_HOOK_PROCESS_EXIT)
		attest_procs_update(s->procs, data);
	return 0;
}

int attest_session_poll(struct attest_session *s, int timeout_ms)
{
	uint64_t now;
	int n = 0;

	if (s->kern)
		n = attest_kern_poll(s->kern, timeout_ms, take_event, s);
	now = now_ns(CLOCK_MONOTONIC);
	if (now - s->last_tick_ns >= TICK_NS) {
		s->last_tick_ns = now;
		for (size_t i = 0; i < s->options->n_sinks; i++) {
			struct attest_sink *sink = s->options->sinks[i];

			if (sink->ops->tick)
				(void)sink->ops->tick(sink, now);
		}
	}
	return n;
}

void attest_session_drain(struct attest_session *s)
{
	struct attest_kern_stats stats;
	struct attest_gap gap;

	if (!s->kern)
		return;
	/* The numbers first: what they count is in the ring by now, or lost. */
	if (attest_kern_stats(s->kern, &stats) < 0)
		return;
	while (attest_session_poll(s, 0) > 0)
		;
	for (unsigned int i = 0; i < stats.n_cpus; i++)
		while (attest_sequence_end(s->sequence, i, stats.seqs[i], &gap))
			emit_gap(s, &gap);
	attest_session_usage(s);
	attest_session_destinations(s);
	s->result->recursion_misses = stats.recursion_misses;
	if (stats.recursion_misses && s->bpf_state.rung == ATTEST_RUNG_FMOD_RET)
		log_warning("the kernel skipped %llu program runs: what they "
			    "would have refused may have been allowed",
			    (unsigned long long)stats.recursion_misses);
	else if (stats.recursion_misses && !s->has_filter)
		log_warning("the kernel skipped %llu program runs: records of "
			    "what seccomp refused may be missing",
			    (unsigned long long)stats.recursion_misses);
}
