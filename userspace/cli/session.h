/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What run, watch and enforce share: records on the terminal, reports,
 * exports, the last line.
 */
#pragma once

#include <stdio.h>

#include "cli/policy_arg.h"

/** The options that all three have. */
struct attest_session_values {
	struct attest_list exports;
	uint64_t fold_ms;
	const char *spool;
	const char *events;
	const char *report;
	const char *report_format;
	bool best_effort;
	bool without_bpf;
};

#define ATTEST_SESSION_OPTIONS(type, member)                                   \
	ATTEST_OPTION(type, LIST, member.exports, "export", 'e', "URL",        \
		      "send records to URL as well; may be repeated; see "     \
		      "'attest-bpf export --list'"),                           \
	    ATTEST_OPTION(type, DURATION, member.fold_ms, "fold", 0, "TIME",   \
			  "send one record for all that a program repeats "    \
			  "within TIME, with their count and the first's "     \
			  "process; as in 5s"),                                \
	    ATTEST_OPTION(type, STRING, member.spool, "spool", 0, "DIR",       \
			  "keep what cannot be sent yet below DIR; default: "  \
			  "/var/lib/attest-bpf/spool for root, else "          \
			  "~/.local/state/attest-bpf/spool"),                  \
	    ATTEST_OPTION(type, STRING, member.events, "events", 0, "FILE",    \
			  "write records to FILE as JSON lines"),              \
	    ATTEST_OPTION(type, STRING, member.report, "report", 0, "FILE",    \
			  "write a security report at the end"),               \
	    ATTEST_OPTION(type, CHOICE, member.report_format, "report-format", \
			  0, "json|html|markdown|in-toto", "default: json"),   \
	    ATTEST_OPTION(type, FLAG, member.best_effort, "best-effort", 0,    \
			  NULL, "start although something is not enforced"),   \
	    ATTEST_OPTION(type, FLAG, member.without_bpf, "no-bpf", 0, NULL,   \
			  "leave the BPF layer out")

static inline void attest_sandbox_freep(struct attest_sandbox **sandbox)
{
	attest_sandbox_free(sandbox);
}
#define _free_sandbox_ __attribute__((__cleanup__(attest_sandbox_freep)))

/**
 * Makes the sandbox with its exports. Complains on standard error.
 *
 * @policy: NULL: nothing is confined.
 *
 * Return: ATTEST_EXIT_DONE, or the exit status.
 */
int attest_cli_sandbox(const struct attest_session_values *values,
		       const struct attest_policy *policy, bool audit,
		       struct attest_sandbox **ret_sandbox);

/** As attest_cli_sandbox(), with what only some commands have. */
int attest_cli_sandbox_with(const struct attest_session_values *values,
			    const struct attest_policy *policy,
			    const struct attest_sandbox_options *more,
			    struct attest_sandbox **ret_sandbox);

/**
 * Writes the report, if one was asked for.
 *
 * Return: ATTEST_EXIT_DONE, or the exit status.
 */
int attest_cli_write_report(const struct attest_session_values *values,
			    const struct attest_sandbox *sandbox);

/** How an export is doing, on standard error; an attest_export_fn. */
void attest_cli_export_state(const struct attest_export_state *state,
			     void *data);

/** What was shown of a command's violations while it runs. */
struct attest_shown {
	bool quiet;
	unsigned int n_shown;
	unsigned long long n_traced; /* calls that are no violations */
};

/** Event callback: prints the first violations; data is an attest_shown. */
void attest_cli_show_violation(const struct attest_event *event, void *data);

/** The last line: how many there were. */
void attest_cli_show_result(const struct attest_sandbox_result *result,
			    const struct attest_shown *shown);

/** Where the subject went, for a policy; nothing outside of mode audit. */
int attest_cli_print_allow_list(FILE *f, const struct attest_sandbox *sandbox);

/** A record as one line for people. */
void attest_cli_print_event(FILE *f, const struct attest_event *event);
