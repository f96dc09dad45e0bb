// SPDX-License-Identifier: Apache-2.0
/**
 * Why a call was refused, for the one who wants it to work.
 */
#include <string.h>

#include "base/str.h"
#include "policy/seccomp.h"

static const char *verb(enum attest_scmp_action action)
{
	switch (action) {
	case ATTEST_SCMP_ERRNO:
		return "Refused";
	case ATTEST_SCMP_TRAP:
		return "Trapped";
	case ATTEST_SCMP_LOG:
	case ATTEST_SCMP_TRACE:
		return "Recorded";
	default:
		return "Killed";
	}
}

static void put_remedy(struct attest_str *out,
		       const struct attest_seccomp_profile *profile,
		       const char *syscall, size_t rule)
{
	const struct attest_scmp_rule *r =
	    rule ? &profile->rules[rule - 1] : NULL;

	attest_str_puts(out, " If the program needs it: ");
	if (profile->builtin)
		attest_str_printf(out,
				  "write the profile to a file (attest-bpf "
				  "profile --level %s --format policy), ",
				  profile->name);
	else
		attest_str_puts(out, "in the profile, ");
	if (r && r->n_args)
		attest_str_printf(out, "change the conditions of rule %zu",
				  rule);
	else if (r)
		attest_str_printf(out, "take `%s` out of rule %zu", syscall,
				  rule);
	if (r)
		attest_str_puts(out, " and ");
	attest_str_printf(out, "add `%s` to a rule with SCMP_ACT_ALLOW%s.",
			  syscall,
			  profile->builtin ? ", and run with -p FILE" : "");
}

int attest_seccomp_explain(const struct attest_seccomp_profile *profile,
			   const struct attest_scmp_where *where,
			   const char *syscall, const uint64_t args[6],
			   enum attest_scmp_action action,
			   struct attest_str *out)
{
	size_t rule =
	    attest_seccomp_find_rule(profile, where, syscall, args, action);
	const char *comment = rule ? profile->rules[rule - 1].comment : NULL;

	if (rule)
		attest_str_printf(out,
				  "%s by the seccomp rule for `%s` (policy "
				  "%s, rule %zu%s%s).",
				  verb(action), syscall, profile->name, rule,
				  comment ? ": " : "", comment ?: "");
	else
		attest_str_printf(out,
				  "%s by the default action of seccomp: no "
				  "rule allows `%s` (policy %s).",
				  verb(action), syscall, profile->name);
	if (action != ATTEST_SCMP_LOG && action != ATTEST_SCMP_TRACE)
		put_remedy(out, profile, syscall, rule);

	return out->error;
}
