// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "base/log.h"
#include "cli/policy_arg.h"

int attest_cli_policy(const struct attest_policy_values *values,
		      struct attest_policy **ret_policy)
{
	struct attest_error error = { 0 };
	int r;

	if (values->policy && values->level) {
		log_error("--policy and --level exclude each other; a policy "
			  "can say 'extends: %s'",
			  values->level);
		return ATTEST_EXIT_USAGE;
	}
	if (!values->policy && !values->level) {
		log_error("which policy? Give --policy FILE, or --level "
			  "minimal, standard or maximum");
		return ATTEST_EXIT_USAGE;
	}
	if (values->policy)
		r = attest_policy_open(values->policy, ret_policy, &error);
	else
		r = attest_policy_open_level(values->level, ret_policy, &error);
	return r < 0 ? attest_cli_fail(&error) : ATTEST_EXIT_DONE;
}
