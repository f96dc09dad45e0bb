/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the strict policy, with a rule of our own, about the paths that are
 * given as arguments. Compiles as C and as C++:
 *
 *   cc check_paths.c $(pkg-config --cflags --libs attest)
 */
#include <attest/attest.h>

#include <stdio.h>

static int fail(const struct attest_error *error)
{
	char text[1024];

	fprintf(stderr, "%s\n", attest_error_format(error, text, sizeof(text)));
	return 1;
}

int main(int argc, char **argv)
{
	struct attest_filesystem_security *security = NULL;
	struct attest_filesystem_rule rule = { sizeof(rule), NULL };
	struct attest_access_result result;
	struct attest_error error;
	int refused = 0;
	int i;

	if (attest_filesystem_security_with_strict_policy(&security, &error) <
	    0)
		return fail(&error);

	rule.path_pattern = "/custom/*";
	rule.access_mode = ATTEST_ACCESS_MODE_READ_ONLY;
	rule.recursive = true;
	rule.priority = 500;
	rule.description = "Custom path access";
	if (attest_filesystem_security_add_rule(security, &rule, &error) < 0)
		return fail(&error);

	for (i = 1; i < argc; i++) {
		if (attest_filesystem_security_check_path_access(
			security, argv[i], ATTEST_ACCESS_MODE_READ_ONLY,
			&result, &error) < 0)
			return fail(&error);
		printf("%s: %s\n", argv[i],
		       result.allowed ? "allowed" : result.violation);
		refused += !result.allowed;
	}
	attest_filesystem_security_free(&security);

	return refused ? 3 : 0;
}
