// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/session.h"
#include "cli/term.h"

/* So many violations are shown; all are recorded and counted. */
#define SHOWN_MAX 20

/* A file's name may have what means something in a URL. */
static void put_path(struct attest_str *url, const char *path)
{
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (c <= ' ' || c == 0x7f || strchr("%?#", c))
			attest_str_printf(url, "%%%02x", c);
		else
			attest_str_putc(url, (char)c);
	}
}

static int add_exports(const struct attest_session_values *v,
		       struct attest_sandbox *sandbox)
{
	_cleanup_str_ struct attest_str url = { 0 };
	struct attest_error error = { 0 };

	for (size_t i = 0; i < v->exports.n_items; i++)
		if (attest_sandbox_add_export(sandbox, v->exports.items[i],
					      &error) < 0)
			return attest_cli_fail(&error);
	if (!v->events)
		return ATTEST_EXIT_DONE;
	attest_str_puts(&url, "file://");
	/* A relative name in a URL would be a host. */
	if (v->events[0] != '/') {
		_cleanup_free_ char *cwd = getcwd(NULL, 0);

		put_path(&url, cwd ? cwd : "");
		attest_str_putc(&url, '/');
	}
	put_path(&url, v->events);
	attest_str_puts(&url, "?format=json");
	if (url.error)
		return ATTEST_EXIT_FAILED;
	if (attest_sandbox_add_export(sandbox, url.data, &error) < 0)
		return attest_cli_fail(&error);
	return ATTEST_EXIT_DONE;
}

static const char *report_format(const struct attest_session_values *values)
{
	return values->report_format ? values->report_format : "json";
}

int attest_cli_sandbox(const struct attest_session_values *values,
		       const struct attest_policy *policy, bool audit,
		       struct attest_sandbox **ret_sandbox)
{
	const struct attest_sandbox_options options = { .audit = audit };

	return attest_cli_sandbox_with(values, policy, &options, ret_sandbox);
}

int attest_cli_sandbox_with(const struct attest_session_values *values,
			    const struct attest_policy *policy,
			    const struct attest_sandbox_options *more,
			    struct attest_sandbox **ret_sandbox)
{
	struct attest_sandbox_options options = *more;
	_free_sandbox_ struct attest_sandbox *sandbox = NULL;
	struct attest_error error = { 0 };
	int status;

	options.size = sizeof(options);
	options.best_effort = values->best_effort;
	options.without_bpf = values->without_bpf;
	options.fold_ms = values->fold_ms;
	options.spool_root = values->spool;
	if (attest_sandbox_new(policy, &options, &sandbox, &error) < 0)
		return attest_cli_fail(&error);
	attest_sandbox_set_export_callback(sandbox, attest_cli_export_state,
					   NULL);
	if (values->report && strcmp(values->report, "-") != 0 &&
	    attest_sandbox_keep_report(sandbox, values->report,
				       report_format(values), &error) < 0)
		return attest_cli_fail(&error);
	status = add_exports(values, sandbox);
	if (status == ATTEST_EXIT_DONE)
		*ret_sandbox = TAKE_PTR(sandbox);
	return status;
}

void attest_cli_export_state(const struct attest_export_state *state,
			     void *data)
{
	bool is_trouble = state->error || state->lost || state->rejected;
	unsigned long long queued = state->queued;

	if (is_trouble || (state->is_closed && queued))
		log_warning("export %s", state->text);
	else if (state->written || state->sent || !state->is_closed)
		log_info("export %s", state->text);
	if (!state->is_closed || !queued)
		return;
	if (state->spool && !state->is_temporary)
		log_warning("%llu record%s in '%s'; the next start with "
			    "this URL sends them, or 'attest-bpf export "
			    "--replay %s'",
			    queued, queued == 1 ? " waits" : "s wait",
			    state->spool, state->spool);
	else
		log_error("%llu record%s could not be sent to '%s': lost",
			  queued, queued == 1 ? "" : "s", state->name);
}

int attest_cli_write_report(const struct attest_session_values *values,
			    const struct attest_sandbox *sandbox)
{
	_cleanup_free_ char *text = NULL;
	struct attest_error error = { 0 };
	size_t len = 0;

	if (!values->report)
		return ATTEST_EXIT_DONE;
	if (attest_sandbox_export_security_report(
		sandbox, report_format(values), &text, &len, &error) < 0)
		return attest_cli_fail(&error);
	return attest_cli_output(values->report, text, len);
}

int attest_cli_print_allow_list(FILE *f, const struct attest_sandbox *sandbox)
{
	_cleanup_free_ char *text = NULL;
	struct attest_error error = { 0 };
	size_t len = 0;

	if (attest_sandbox_export_security_report(sandbox, "allow-list", &text,
						  &len, &error) < 0)
		return attest_cli_fail(&error);
	if (len)
		fprintf(f, "# where it went, as an allow list:\n%s", text);
	return ATTEST_EXIT_DONE;
}

static enum attest_colour colour_of(const char *action)
{
	if (strcmp(action, "denied") == 0 || strcmp(action, "killed") == 0)
		return ATTEST_COLOUR_RED;
	if (strcmp(action, "audited") == 0)
		return ATTEST_COLOUR_YELLOW;
	return ATTEST_COLOUR_DIM;
}

/* What a terminal would take as a command is shown as '?'. */
static void put_safe(FILE *f, const char *text)
{
	for (; *text; text++)
		fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?'
								   : *text,
		      f);
}

static void put_object(FILE *f, const struct attest_event *e)
{
	if (e->path) {
		put_safe(f, e->path);
		if (e->path2) {
			fputs(" -> ", f);
			put_safe(f, e->path2);
		}
	} else if (e->address) {
		fprintf(f, strchr(e->address, ':') ? "[%s]:%u" : "%s:%u",
			e->address, e->port);
	} else if (e->context) {
		put_safe(f, e->context);
	} else if (e->syscall) {
		put_safe(f, e->syscall);
	}
}

void attest_cli_print_event(FILE *f, const struct attest_event *event)
{
	time_t seconds = (time_t)(event->time_ns / 1000000000U);
	/* sched_process_exec and its like */
	bool is_process = !event->violation && strrchr(event->hook, '_') &&
			  strcmp(event->kind, "process") == 0;
	const char *what = event->kind;
	char clock[16] = "";
	struct tm tm;

	if (event->syscall)
		what = event->syscall;
	if (is_process)
		what = strrchr(event->hook, '_') + 1;
	if (event->attempted_access)
		what = event->attempted_access;
	if (localtime_r(&seconds, &tm))
		(void)strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	if (strcmp(event->kind, "gap") == 0) {
		fprintf(f, "%s %slost%s    %llu records\n", clock,
			attest_term(ATTEST_COLOUR_RED),
			attest_term(ATTEST_COLOUR_PLAIN),
			(unsigned long long)event->lost);
		return;
	}
	fprintf(f, "%s %s%-7s%s %7u ", clock,
		attest_term(colour_of(event->action)), event->action,
		attest_term(ATTEST_COLOUR_PLAIN), event->pid);
	put_safe(f, event->comm ? event->comm : "?");
	fprintf(f, "%*s ", event->comm ? 15 - (int)strlen(event->comm) : 14,
		"");
	fprintf(f, "%-12s ", what);
	put_object(f, event);
	if (event->violation) {
		fprintf(f, "  %s", event->violation);
		if (event->rule)
			fprintf(f, " (rule %u, %s)", event->rule_number,
				event->rule);
	}
	fputc('\n', f);
}

void attest_cli_show_violation(const struct attest_event *event, void *data)
{
	struct attest_shown *shown = data;

	if (shown->quiet || !event->violation)
		return;
	/* Only recorded: that is what the policy wants. */
	if (strcmp(event->action, "traced") == 0) {
		shown->n_traced += event->count;
		return;
	}
	if (shown->n_shown == SHOWN_MAX)
		log_info("further violations are not shown here; --events and "
			 "--report have them");
	if (shown->n_shown++ < SHOWN_MAX)
		attest_cli_print_event(stderr, event);
}

void attest_cli_show_result(const struct attest_sandbox_result *result,
			    const struct attest_shown *shown)
{
	if (result->bpf_reason[0])
		log_debug("BPF layer: %s: %s", result->bpf, result->bpf_reason);
	if (shown->quiet ||
	    (!result->n_violations && !shown->n_traced && !result->n_lost))
		return;
	log_info("%llu violation%s, %llu call%s traced, %llu record%s lost",
		 (unsigned long long)result->n_violations,
		 result->n_violations == 1 ? "" : "s", shown->n_traced,
		 shown->n_traced == 1 ? "" : "s",
		 (unsigned long long)result->n_lost,
		 result->n_lost == 1 ? "" : "s");
}
