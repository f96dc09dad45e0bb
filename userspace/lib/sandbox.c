// SPDX-License-Identifier: Apache-2.0
/**
 * The sandbox of the specification: a subject, its records, its report.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lib/error.h"
#include "lib/profile.h"
#include "lib/sandbox.h"

/* Up to here callers of the first version know the options. */
#define FIRST_SIZE offsetof(struct attest_sandbox_options, isolation)

int attest_sandbox_new(const struct attest_policy *policy,
		       const struct attest_sandbox_options *options,
		       struct attest_sandbox **ret_sandbox,
		       struct attest_error *reterr_error)
{
	_cleanup_(attest_sandbox_free) struct attest_sandbox *s = NULL;
	int r;

	if (options &&
	    (options->size < FIRST_SIZE || options->size > sizeof(*options)))
		return attest_error_set(reterr_error, -EINVAL, NULL,
					"options of another version");
	s = calloc(1, sizeof(*s));
	if (!s)
		return attest_error_set(reterr_error, -ENOMEM, NULL,
					"out of memory");
	attest_callback_sink_init(&s->callback);
	s->sinks[s->n_sinks++] = &s->callback.sink;
	s->sinks[s->n_sinks++] = &s->report_sink.sink;
	if (options)
		memcpy(&s->options, options, options->size);
	/* A policy that only audits refuses nothing, in whatever layer. */
	s->options.audit |= policy && policy->mode == ATTEST_MODE_AUDIT;
	s->exports.fold_ms = s->options.fold_ms;
	s->exports.spool_root = s->options.spool_root;
	s->policy = policy;
	if (policy && !policy->seccomp &&
	    s->options.isolation == ATTEST_ISOLATION_STRICT_CONTAINER) {
		r = attest_policy_add_profile(policy, "maximum", &s->completed,
					      reterr_error);
		if (r < 0)
			return r;
		s->policy = s->completed;
	}
	*ret_sandbox = TAKE_PTR(s);
	return 0;
}

void attest_sandbox_free(struct attest_sandbox **sandbox)
{
	struct attest_sandbox *s = *sandbox;

	*sandbox = NULL;
	if (!s)
		return;
	attest_exports_close(&s->exports);
	attest_callback_sink_done(&s->callback);
	attest_engine_result_done(&s->result);
	attest_report_free(&s->report);
	attest_policy_free(&s->completed);
	free(s->report_sink.path);
	attest_container_result_done(&s->container);
	free(s->subject);
	free(s);
}

void attest_sandbox_set_event_callback(struct attest_sandbox *sandbox,
				       attest_event_fn fn, void *data)
{
	sandbox->callback.fn = fn;
	sandbox->callback.data = data;
}

void attest_sandbox_set_ready_callback(struct attest_sandbox *sandbox,
				       void (*fn)(void *data), void *data)
{
	sandbox->ready = fn;
	sandbox->ready_data = data;
}

int attest_sandbox_keep_report(struct attest_sandbox *sandbox, const char *path,
			       const char *format,
			       struct attest_error *reterr_error)
{
	int which = attest_report_format_find(format);
	char *copy;

	if (which < 0)
		return attest_error_set(reterr_error, which,
					ATTEST_FORMATS_HINT,
					"unknown report format '%s'", format);
	copy = strdup(path);
	if (!copy)
		return attest_error_set(reterr_error, -ENOMEM, NULL,
					"out of memory");
	free(sandbox->report_sink.path);
	sandbox->report_sink.path = copy;
	sandbox->report_sink.format = (enum attest_report_format)which;
	return 0;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* A clean report and context for the next subject, whose name is taken. */
int attest_sandbox_start(struct attest_sandbox *s, const char *kind, char *name,
			 struct attest_error *error)
{
	int r;

	free(s->subject);
	s->subject = name;
	attest_report_free(&s->report);
	attest_engine_result_done(&s->result);
	attest_container_result_done(&s->container);
	memset(&s->result, 0, sizeof(s->result));
	r = name ? attest_report_new(&s->report) : -ENOMEM;
	if (r < 0)
		return attest_error_set(error, r, NULL, "out of memory");
	attest_report_sink_init(&s->report_sink, s->report, &s->context);
	s->context = (struct attest_report_context){
		.policy = s->policy,
		.subject_kind = kind,
		.subject = s->subject,
		.started_ns = now_ns(),
		.is_audit = s->options.audit,
		.incomplete = true,
	};
	return 0;
}

/* From now on something is confined, and that is on record. */
static void on_ready(void *ctx)
{
	struct attest_sandbox *s = ctx;

	s->context.coverage = s->result.coverage;
	s->context.attach_mode = attest_rung_name(s->result.rung);
	attest_report_sink_checkpoint(&s->report_sink);
	if (s->ready)
		s->ready(s->ready_data);
}

struct attest_engine_options
attest_sandbox_engine_options(struct attest_sandbox *s)
{
	return (struct attest_engine_options){
		.policy = s->policy,
		.is_audit = s->options.audit,
		.is_best_effort = s->options.best_effort,
		.without_bpf = s->options.without_bpf,
		.isolation = (enum attest_isolation_level)s->options.isolation,
		.workspace = s->options.workspace,
		.cpu_percent = s->options.cpu_percent,
		.sinks = s->sinks,
		.n_sinks = s->n_sinks,
		.ready = on_ready,
		.hangup = s->exports.n > 0 ? attest_sandbox_hangup : NULL,
		.ctx = s,
	};
}

/* What a refused start is about: the first statement nothing enforces. */
static int not_enforced(const struct attest_engine_result *result,
			bool is_enforced, struct attest_error *error)
{
	const struct attest_item *gap = NULL;

	/* Watching enforces nothing: then it is something else. */
	if (result->coverage && is_enforced && !result->lacks_isolation &&
	    !result->is_hopeless)
		gap = attest_coverage_gap(result->coverage);
	if (!gap)
		return attest_error_set(
		    error, -EOPNOTSUPP,
		    result->lacks_isolation ? "--best-effort starts without it"
					    : "'attest-bpf doctor' says more",
		    "%s",
		    result->error[0] ? result->error
				     : "this kernel cannot enforce the policy");
	return attest_error_set(
	    error, -EOPNOTSUPP,
	    "'explain' lists everything; --best-effort starts all the same",
	    "nothing here enforces '%s': %s", gap->text,
	    gap->reason ? gap->reason : "no layer can");
}

int attest_sandbox_finish(struct attest_sandbox *s, int r, bool is_enforced,
			  struct attest_sandbox_result *ret,
			  struct attest_error *error)
{
	const struct attest_engine_result *result = &s->result;

	s->context.ended_ns = now_ns();
	s->context.coverage = result->coverage;
	s->context.attach_mode = attest_rung_name(result->rung);
	s->context.counters = result->counters;
	s->context.n_counters = result->n_counters;
	s->context.destinations = &result->destinations;
	if (r == -EOPNOTSUPP)
		return not_enforced(result, is_enforced, error);
	if (r < 0)
		return attest_error_set(error, r, NULL, "%s",
					result->error[0] ? result->error
							 : strerror(-r));
	s->context.incomplete = false;
	s->context.has_status = true;
	s->context.exit_status = result->exit_status;
	*ret = (struct attest_sandbox_result){
		.exit_status = result->exit_status,
		.n_records = result->n_records,
		.n_violations = result->n_violations,
		.n_lost = result->n_lost,
		.n_tasks = result->n_tasks,
		.bpf = attest_rung_name(result->rung),
		.bpf_reason = result->bpf_reason,
	};
	return 0;
}

static char *join(const char *const *argv)
{
	_cleanup_str_ struct attest_str s = { 0 };

	for (size_t i = 0; argv[i]; i++) {
		attest_str_puts(&s, i ? " " : "");
		attest_str_puts(&s, argv[i]);
	}
	return attest_str_take(&s);
}

int attest_sandbox_execute_secure(struct attest_sandbox *sandbox,
				  const char *const *argv,
				  const char *const *envp,
				  struct attest_sandbox_result *ret_result,
				  struct attest_error *reterr_error)
{
	struct attest_engine_options options =
	    attest_sandbox_engine_options(sandbox);
	int r;

	r = attest_sandbox_start(sandbox, "command", join(argv), reterr_error);
	if (r < 0)
		return r;
	r = attest_engine_run(&options, argv,
			      envp ? envp : (const char *const *)environ,
			      &sandbox->result);
	return attest_sandbox_finish(sandbox, r, true, ret_result,
				     reterr_error);
}
