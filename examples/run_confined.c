/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command under the level "standard", prints each violation when it
 * happens, and the security report at the end:
 *
 *   ./run_confined cat /etc/shadow
 */
#include <attest/attest.h>

#include <stdio.h>
#include <stdlib.h>

static void print_event(const struct attest_event *event, void *data)
{
	unsigned int *n = (unsigned int *)data;

	if (!event->violation)
		return;
	(*n)++;
	fprintf(stderr, "%s: %s by %s (%u)\n", event->violation,
		event->path ? event->path : event->kind,
		event->comm ? event->comm : "?", event->pid);
}

static int fail(struct attest_sandbox **sandbox, struct attest_policy **policy,
		const struct attest_error *error)
{
	fprintf(stderr, "%s\n%s\n", error->text, error->hint);
	attest_sandbox_free(sandbox);
	attest_policy_close(policy);
	return 1;
}

int main(int argc, char **argv)
{
	struct attest_sandbox_options options = { sizeof(options), false };
	struct attest_policy *policy = NULL;
	struct attest_sandbox *sandbox = NULL;
	struct attest_sandbox_result result;
	struct attest_error error;
	unsigned int n_events = 0;
	char *report = NULL;

	if (argc < 2)
		return 2;
	/* What this kernel cannot enforce is named in the report. */
	options.best_effort = true;
	if (attest_policy_open_level("standard", &policy, &error) < 0 ||
	    attest_sandbox_new(policy, &options, &sandbox, &error) < 0) {
		return fail(&sandbox, &policy, &error);
	}
	attest_sandbox_set_event_callback(sandbox, print_event, &n_events);
	if (attest_sandbox_execute_secure(sandbox,
					  (const char *const *)argv + 1, NULL,
					  &result, &error) < 0)
		return fail(&sandbox, &policy, &error);
	if (attest_sandbox_export_security_report(sandbox, "json", &report,
						  NULL, &error) < 0)
		return fail(&sandbox, &policy, &error);
	puts(report);
	free(report);
	attest_sandbox_free(&sandbox);
	attest_policy_close(&policy);

	return result.exit_status;
}
