// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "engine/enrich.h"
#include "engine/procs.h"
#include "engine/session.h"
#include "event/decode.h"
#include "policy/image.h"
#include "sandbox/landlock.h"

#define TICK_NS 100000000ULL

int attest_session_fail(struct attest_session *s, int r, const char *format,
			...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(s->result->error, sizeof(s->result->error), format,
			args);
	va_end(args);
	return r;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static void fill_constants(struct attest_session *s)
{
	_cleanup_free_ char *boot = NULL;
	const struct attest_policy *policy = s->options->policy;

	if (gethostname(s->host, sizeof(s->host) - 1) < 0)
		(void)strcpy(s->host, "unknown");
	(void)attest_read_file("/proc/sys/kernel/random/boot_id", 64, &boot,
			       NULL);
	/* The sequences start anew with each load of the programs. */
	(void)snprintf(s->id_prefix, sizeof(s->id_prefix), "%.8s-%llx",
		       boot ? boot : "00000000",
		       (unsigned long long)(now_ns(CLOCK_BOOTTIME) >> 20));
	s->offset_ns =
	    (int64_t)(now_ns(CLOCK_REALTIME) - now_ns(CLOCK_BOOTTIME));
	if (!policy)
		return;
	(void)strcpy(s->digest, "sha256:");
	for (size_t i = 0; i < sizeof(policy->digest); i++)
		(void)snprintf(s->digest + 7 + 2 * i, 3, "%02x",
			       policy->digest[i]);
	s->policy.name = policy->name;
	s->policy.digest = s->digest;
}

/* From the best rung down. The reason that stays is that of the best. */
static void climb(struct attest_session *s, bool wants_bpf)
{
	static const enum attest_rung ladder[] = { ATTEST_RUNG_LSM,
						   ATTEST_RUNG_FMOD_RET,
						   ATTEST_RUNG_TRACE };
	struct attest_engine_result *result = s->result;
	struct attest_probe probe;
	char reason[512];

	s->bpf_state.rung = ATTEST_RUNG_NONE;
	if (!wants_bpf) {
		(void)strcpy(result->bpf_reason, "left out on request");
		return;
	}
	attest_probe_kernel(&probe);
	for (size_t i = 0; i < ARRAY_SIZE(ladder); i++) {
		int r;

		reason[0] = '\0';
		r = attest_kern_open(&probe, ladder[i], &s->kern, reason,
				     sizeof(reason));
		if (r == 0 && ladder[i] != ATTEST_RUNG_TRACE) {
			r = attest_kern_canary(s->kern, reason, sizeof(reason));
			if (r < 0)
				attest_kern_close(&s->kern);
		}
		if (r == 0) {
			s->bpf_state.rung = ladder[i];
			return;
		}
		log_debug("rung %s: %s", attest_rung_name(ladder[i]), reason);
		if (i == 0 || result->bpf_reason[0] == '\0' ||
		    ladder[i] == ATTEST_RUNG_FMOD_RET)
			(void)snprintf(
			    result->bpf_reason + strlen(result->bpf_reason),
			    sizeof(result->bpf_reason) -
				strlen(result->bpf_reason),
			    "%s%s: %s", result->bpf_reason[0] ? "; " : "",
			    attest_rung_name(ladder[i]), reason);
		/* An obstacle to all is said once. */
		if (attest_probe_obstacle(&probe, reason, sizeof(reason)))
			return;
	}
}

/* What the canary used up is not missed. */
static void start_sequence(struct attest_session *s)
{
	struct attest_kern_stats stats;

	if (!s->kern || attest_kern_stats(s->kern, &stats) < 0)
		return;
	for (unsigned int i = 0; i < stats.n_cpus; i++)
		attest_sequence_start(s->sequence, i, stats.seqs[i]);
}

static bool is_bpf_enforcing(const struct attest_session *s)
{
	return s->bpf_state.rung <= ATTEST_RUNG_FMOD_RET;
}

static int plan_command(struct attest_session *s)
{
	const struct attest_policy *policy = s->options->policy;
	struct attest_seccomp_options seccomp = { 0 };
	struct attest_diag diag = { 0 };
	int r;

	s->landlock_state.abi = attest_landlock_probe();
	if (policy->has_filesystem && !is_bpf_enforcing(s)) {
		r = attest_landlock_plan_make(
		    policy, s->image, ATTEST_LANDLOCK_STRICT,
		    &attest_landlock_system_tree, &s->plan);
		if (r < 0)
			return attest_session_fail(
			    s, r, "cannot plan the Landlock rules: %s",
			    strerror(-r));
		s->landlock_state.plan = s->plan;
	}
	attest_rlimits_plan(policy, &s->rlimits);
	s->rlimit_state.is_root = geteuid() == 0;
	if (policy->seccomp) {
		/* fentry/audit_seccomp reports to who can load it. */
		seccomp.notify = !is_bpf_enforcing(s);
		r = attest_seccomp_filter_get(policy->seccomp, &seccomp,
					      &s->filter, NULL, &diag);
		if (r < 0)
			return attest_session_fail(
			    s, r, "cannot build the seccomp filter: %s",
			    diag.text[0] ? diag.text : strerror(-r));
		s->has_filter = true;
		s->seccomp_state.program = &s->filter.prog;
	}
	return 0;
}

static int ask_coverage(struct attest_session *s)
{
	const struct attest_layer_state layers[] = {
		{ &attest_bpf_layer, &s->bpf_state },
		{ &attest_landlock_layer, &s->landlock_state },
		{ &attest_seccomp_layer, &s->seccomp_state },
		{ &attest_rlimit_layer, &s->rlimit_state },
	};

	s->bpf_state.reason = s->result->bpf_reason;
	return attest_coverage_make(s->options->policy, s->subject, layers,
				    ARRAY_SIZE(layers), &s->result->coverage);
}

int attest_session_open(struct attest_session *s,
			const struct attest_engine_options *options,
			enum attest_subject_kind subject, bool wants_bpf,
			struct attest_engine_result *result)
{
	struct attest_diag diag = { 0 };
	int r;

	memset(s, 0, sizeof(*s));
	memset(result, 0, sizeof(*result));
	s->options = options;
	s->result = result;
	s->subject = subject;
	attest_seccomp_here(&s->here);
	fill_constants(s);
	s->sequence = attest_sequence_new();
	s->procs = attest_procs_new();
	if (!s->sequence || !s->procs)
		return attest_session_fail(s, -ENOMEM, "out of memory");
	if (options->policy) {
		r = attest_image_build(options->policy, &s->image, &diag);
		if (r < 0)
			return attest_session_fail(
			    s, r, "cannot compile the policy: %s",
			    diag.text[0] ? diag.text : strerror(-r));
		if (options->is_audit)
			s->image->mode = ATTEST_MODE_AUDIT;
	}
	climb(s, wants_bpf);
	start_sequence(s);
	result->rung = s->bpf_state.rung;
	if (!options->policy)
		return 0;
	if (subject == ATTEST_SUBJECT_COMMAND) {
		r = plan_command(s);
		if (r < 0)
			return r;
	}
	r = ask_coverage(s);
	return r < 0 ? attest_session_fail(s, r, "out of memory") : 0;
}

void attest_session_close(struct attest_session *s)
{
	if (s->kern && s->has_slot)
		(void)attest_kern_policy_remove(s->kern, &s->slot);
	attest_kern_close(&s->kern);
	attest_notify_free(&s->notify);
	attest_described_done(&s->described);
	attest_landlock_plan_free(&s->plan);
	if (s->has_filter)
		attest_seccomp_filter_done(&s->filter);
	attest_sequence_free(&s->sequence);
	attest_procs_free(&s->procs);
	free(s->image);
	s->image = NULL;
}

int attest_session_check(struct attest_session *s)
{
	const struct attest_item *gap;

	gap = attest_coverage_gap(s->result->coverage);
	if (!gap || s->options->is_best_effort)
		return 0;
	return attest_session_fail(
	    s, -EOPNOTSUPP,
	    "nothing on this kernel enforces '%s'%s%s; --best-effort starts "
	    "without it",
	    gap->text, gap->reason ? ": " : "", gap->reason ? gap->reason : "");
}

void attest_session_emit(struct attest_session *s, struct attest_record *rec)
{
	rec->seq = ++s->n_out;
	s->result->n_records++;
	if (rec->violation != ATTEST_VIOLATION_NONE)
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

void attest_session_take(struct attest_session *s, const void *event,
			 bool is_held)
{
	const struct attest_policy *policy = s->options->policy;
	const struct attest_event_hdr *hdr = event;
	struct attest_enriched texts;
	struct attest_record rec;

	attest_event_decode(event, s->offset_ns, &rec);
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
	struct attest_notify_options options = {
		.profile = s->options->policy->seccomp,
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
	s->result->recursion_misses = stats.recursion_misses;
	if (stats.recursion_misses && s->bpf_state.rung == ATTEST_RUNG_FMOD_RET)
		log_warning("the kernel skipped %llu program runs: what they "
			    "would have refused may have been allowed",
			    (unsigned long long)stats.recursion_misses);
}
