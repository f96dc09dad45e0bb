/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs `echo "Hello, World!"` in a container with an environment and a
 * workspace of its own:
 *
 *   ./secure_execution WORKSPACE
 */
#include <attest/attest.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static const char *const command[] = {
		"sh", "-c", "echo \"Hello, $WHO!\" && pwd >where", NULL
	};
	static const char *const env[] = { "PATH=/usr/bin:/bin", "WHO=World",
					   NULL };
	struct attest_sandbox_options options = { sizeof(options), false };
	struct attest_policy *policy = NULL;
	struct attest_sandbox *sandbox = NULL;
	struct attest_sandbox_result result = { 0 };
	struct attest_error error;
	char *violations = NULL;

	if (argc < 2)
		return 2;
	options.best_effort = true;
	options.isolation = ATTEST_ISOLATION_CONTAINER;
	options.workspace = argv[1];
	if (attest_policy_open_level("standard", &policy, &error) < 0 ||
	    attest_sandbox_new(policy, &options, &sandbox, &error) < 0 ||
	    attest_sandbox_execute_secure(sandbox, command, env, &result,
					  &error) < 0 ||
	    attest_sandbox_violations(sandbox, &violations, &error) < 0) {
		fprintf(stderr, "%s\n%s\n", error.text, error.hint);
		result.exit_status = 1;
	}
	free(violations);
	attest_sandbox_free(&sandbox);
	attest_policy_close(&policy);
	return result.exit_status;
}
