// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "engine/network.h"
#include "engine/procs.h"
#include "engine/session.h"
#include "policy/image.h"

#define WORKSPACE "/workspace"

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
	uint32_t random;

	if (gethostname(s->host, sizeof(s->host) - 1) < 0)
		(void)strcpy(s->host, "unknown");
	(void)attest_read_file("/proc/sys/kernel/random/boot_id", 64, &boot,
			       NULL);
	/* The sequences start anew with each load of the programs. Two that
	 * start together must differ too: receivers drop what they know.
	 */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)getpid();
	(void)snprintf(s->id_prefix, sizeof(s->id_prefix), "%.8s-%llx-%x",
		       boot ? boot : "00000000",
		       (unsigned long long)(now_ns(CLOCK_BOOTTIME) >> 20),
		       random);
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

/* Why a rung does not hold, behind what is known of those above. */
static void note_reason(struct attest_engine_result *result,
			enum attest_rung rung, const char *reason)
{
	size_t n = strlen(result->bpf_reason);

	(void)snprintf(result->bpf_reason + n, sizeof(result->bpf_reason) - n,
		       "%s%s: %s", n ? "; " : "", attest_rung_name(rung),
		       reason);
}

static int try_rung(struct attest_session *s, const struct attest_probe *probe,
		    enum attest_rung rung, char *reason, size_t size)
{
	int r;

	r = attest_kern_open(probe, rung, s->image,
			     s->options->calls ? &s->options->calls->which
					       : NULL,
			     &s->kern, reason, size);
	if (r < 0 || rung == ATTEST_RUNG_TRACE)
		return r;
	r = attest_kern_canary(s->kern, reason, size);
	if (r < 0)
		attest_kern_close(&s->kern);
	return r;
}

/* From the best rung down. */
static void climb(struct attest_session *s, bool wants_bpf)
{
	struct attest_engine_result *result = s->result;
	struct attest_probe probe;
	char reason[512];

	s->bpf_state.rung = ATTEST_RUNG_NONE;
	if (!wants_bpf) {
		(void)strcpy(result->bpf_reason, s->options->without_bpf
						     ? "left out on request"
						     : "needs root");
		return;
	}
	attest_probe_kernel(&probe);
	s->may_skip = attest_probe_may_skip(&probe);
	for (int rung = ATTEST_RUNG_LSM; rung < ATTEST_RUNG_NONE; rung++) {
		reason[0] = '\0';
		if (try_rung(s, &probe, rung, reason, sizeof(reason)) == 0) {
			s->bpf_state.rung = rung;
			s->bpf_state.lacks_sizes =
			    !attest_kern_has_sizes(s->kern);
			s->bpf_state.lacks_counts =
			    !attest_kern_has_counts(s->kern);
			return;
		}
		log_debug("rung %s: %s", attest_rung_name(rung), reason);
		note_reason(result, rung, reason);
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

/* Where the policy says that the workspace is; NULL: at its own path. */
static const char *workspace_target(const struct attest_engine_options *options)
{
	const struct attest_policy *policy = options->policy;

	if (!policy || options->isolation == ATTEST_ISOLATE_PROCESS)
		return NULL;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct attest_rule *rule = &policy->rules[i];

		if (rule->access == ATTEST_PATH_READ_WRITE &&
		    (strcmp(rule->path, WORKSPACE) == 0 ||
		     strcmp(rule->path, WORKSPACE "/*") == 0 ||
		     strcmp(rule->path, WORKSPACE "/**") == 0))
			return WORKSPACE;
	}
	return NULL;
}

/* What our filter does; a container's runtime loads it, with calls added. */
static int plan_filter(struct attest_session *s, bool notify)
{
	const struct attest_policy *policy = s->options->policy;
	const struct attest_seccomp_options seccomp = { .notify = notify };
	struct attest_diag diag = { 0 };
	int r;

	if (!policy->seccomp)
		return 0;
	r = attest_seccomp_filter_get(policy->seccomp, &seccomp, &s->filter,
				      NULL, &diag);
	if (r < 0)
		return attest_session_fail(s, r,
					   "cannot build the seccomp filter: "
					   "%s",
					   diag.text[0] ? diag.text
							: strerror(-r));
	s->has_filter = true;
	s->seccomp_state.program = &s->filter.prog;
	return 0;
}

static int plan_command(struct attest_session *s)
{
	const struct attest_policy *policy = s->options->policy;
	const enum attest_isolation_level isolation = s->options->isolation;
	const struct attest_confine_options confine = {
		/* It would refuse first, and nobody would record it. */
		.without_landlock = is_bpf_enforcing(s),
		.in_container = !s->options->is_audit &&
				isolation >= ATTEST_ISOLATE_CONTAINER,
		.is_strict = !s->options->is_audit &&
			     isolation == ATTEST_ISOLATE_STRICT_CONTAINER,
		.workspace = s->options->workspace,
		.workspace_target = s->workspace_target,
		.cpu_percent = s->options->cpu_percent,
		.with_cgroup = s->bpf_state.has_group,
		.network_by_cgroup = s->bpf_state.has_group &&
				     !is_bpf_enforcing(s) &&
				     !s->options->is_audit,
	};
	char text[512];
	int r;

	s->has_confine = true;
	r = attest_confine_make(policy, s->image, &confine, &s->confine, text,
				sizeof(text));
	if (r < 0)
		return attest_session_fail(s, r, "%s", text);
	/* fentry/audit_seccomp reports to who can load it, but not all where
	 * the kernel skips programs; lsm programs are never skipped.
	 */
	return plan_filter(s, !is_bpf_enforcing(s) || s->may_skip);
}

static int ask_coverage(struct attest_session *s)
{
	const struct attest_container_state container = {
		.starts = s->options->starts_container,
	};
	struct attest_layer_state layers[3 + ATTEST_CONFINE_LAYERS] = {
		{ &attest_bpf_layer, &s->bpf_state },
		{ &attest_seccomp_layer, &s->seccomp_state },
		{ &attest_container_layer, &container },
	};

	attest_confine_layers(&s->confine, layers + 3);
	s->bpf_state.reason = s->result->bpf_reason;
	return attest_coverage_make(s->options->policy, s->subject, layers,
				    ARRAY_SIZE(layers), &s->result->coverage);
}

/* The policy for the BPF layer. */
static int compile(struct attest_session *s, bool wants_bpf)
{
	struct attest_diag diag = { 0 };
	int r;

	r = attest_image_build(s->options->policy, &s->image, &diag);
	if (r < 0)
		return attest_session_fail(
		    s, r, "cannot compile the policy: %s",
		    diag.text[0] ? diag.text : strerror(-r));
	if (s->options->is_audit)
		s->image->mode = ATTEST_MODE_AUDIT;
	return wants_bpf ? attest_session_resolvers(s) : 0;
}

int attest_session_open(struct attest_session *s,
			const struct attest_engine_options *options,
			enum attest_subject_kind subject, bool wants_bpf,
			struct attest_engine_result *result)
{
	int r;

	memset(s, 0, sizeof(*s));
	memset(result, 0, sizeof(*result));
	s->options = options;
	s->result = result;
	s->subject = subject;
	s->workspace_target = workspace_target(options);
	attest_seccomp_here(&s->here);
	fill_constants(s);
	s->sequence = attest_sequence_new();
	s->procs = attest_procs_new();
	if (!s->sequence || !s->procs)
		return attest_session_fail(s, -ENOMEM, "out of memory");
	r = options->policy ? compile(s, wants_bpf) : 0;
	if (r < 0)
		return r;
	climb(s, wants_bpf);
	attest_session_network_probe(s);
	start_sequence(s);
	result->rung = s->bpf_state.rung;
	if (!options->policy)
		return 0;
	r = 0;
	if (subject == ATTEST_SUBJECT_COMMAND)
		r = plan_command(s);
	else if (options->starts_container)
		r = plan_filter(s, false);
	if (r < 0)
		return r;
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
	if (s->has_confine)
		attest_confine_done(&s->confine);
	if (s->has_filter)
		attest_seccomp_filter_done(&s->filter);
	attest_host_names_free(&s->host_names);
	attest_sequence_free(&s->sequence);
	attest_procs_free(&s->procs);
	free(s->image);
	s->image = NULL;
}

/* A strict container is what its name says, or is not started. */
static int check_strict(struct attest_session *s)
{
	const char *reason = s->result->bpf_reason;

	if (s->options->isolation != ATTEST_ISOLATE_STRICT_CONTAINER)
		return 0;
	if (s->confine.cgroup_reason[0])
		log_warning("the container has no cgroup of its own, its "
			    "limits hold for each process: %s",
			    s->confine.cgroup_reason);
	if (is_bpf_enforcing(s))
		return 0;
	if (!reason[0])
		reason = "it only records here";
	if (s->options->is_best_effort) {
		log_warning("strict_container without the BPF layer: %s",
			    reason);
		return 0;
	}
	s->result->lacks_isolation = true;
	return attest_session_fail(s, -EOPNOTSUPP,
				   "isolation 'strict_container' needs the BPF "
				   "layer to enforce: %s",
				   reason);
}

int attest_session_check(struct attest_session *s)
{
	const struct attest_item *gap;
	int r = check_strict(s);

	if (r < 0)
		return r;
	gap = attest_coverage_gap(s->result->coverage);
	if (!gap || s->options->is_best_effort)
		return 0;
	return attest_session_fail(
	    s, -EOPNOTSUPP,
	    "nothing on this kernel enforces '%s'%s%s; --best-effort starts "
	    "without it",
	    gap->text, gap->reason ? ": " : "", gap->reason ? gap->reason : "");
}
