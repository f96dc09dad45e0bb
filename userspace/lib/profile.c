// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "lib/error.h"
#include "lib/profile.h"
#include "policy/policy.h"

/* Through the canonical JSON, so that the digest is that of what is enforced.
 */
int attest_policy_add_profile(const struct attest_policy *policy,
			      const char *profile, struct attest_policy **ret,
			      struct attest_error *reterr_error)
{
	_cleanup_free_ char *json = attest_policy_to_json(policy);
	_cleanup_(attest_policy_free) struct attest_policy *copy = NULL;
	_cleanup_str_ struct attest_str text = { 0 };
	struct attest_diag diag = { 0 };
	int r;

	if (json)
		attest_str_printf(&text, "{\"seccomp\":{\"profile\":\"%s\"},%s",
				  profile, json + 1);
	if (!json || text.error)
		return attest_error_set(reterr_error, -ENOMEM, NULL,
					"out of memory");
	r = attest_policy_load(NULL, text.data, &copy, &diag);
	if (r < 0)
		return attest_error_from_diag(reterr_error, r, &diag);
	/* Which level it extends is not in the JSON. */
	if (policy->level && !copy->level) {
		copy->level = strdup(policy->level);
		if (!copy->level)
			return attest_error_set(reterr_error, -ENOMEM, NULL,
						"out of memory");
	}
	*ret = TAKE_PTR(copy);
	return 0;
}
