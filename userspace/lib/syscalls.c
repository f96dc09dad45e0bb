// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "lib/error.h"
#include "lib/sandbox.h"

#define ERRNO_MAX 133

static int find_result(const char *name, int *ret)
{
	*ret = 0;
	if (!name)
		return 0;
	if (strcmp(name, "ok") == 0 || strcmp(name, "failed") == 0) {
		*ret = name[0] == 'o' ? 1 : 2;
		return 0;
	}
	for (int i = 1; i <= ERRNO_MAX; i++) {
		const char *known = strerrorname_np(i);

		if (known && strcmp(known, name) == 0) {
			*ret = -i;
			return 0;
		}
	}
	return -EINVAL;
}

int attest_sandbox_watch_syscalls(struct attest_sandbox *sandbox,
				  const char *filter, const char *result,
				  bool only_totals,
				  struct attest_error *reterr_error)
{
	struct attest_engine_calls *calls = &sandbox->calls;
	struct attest_syscall_set set;
	char bad[64];

	if (attest_syscall_set_parse(filter, &set, bad, sizeof(bad)) < 0)
		return attest_error_set(
		    reterr_error, -EINVAL,
		    "names, %file, %network and other classes as in strace, "
		    "/REGEX, all; '!' in front takes the others",
		    "'%s' is no system call and no class", bad);
	if (find_result(result, &calls->which.result) < 0)
		return attest_error_set(
		    reterr_error, -EINVAL,
		    "ok, failed, or an error's name, as ENOENT",
		    "'%s' is no result", result);
	_Static_assert(sizeof(set.bits) == sizeof(calls->which.wanted), "bits");
	memcpy(calls->which.wanted, set.bits, sizeof(set.bits));
	calls->only_totals = only_totals;
	sandbox->has_calls = true;
	return 0;
}

int attest_sandbox_syscall_summary(const struct attest_sandbox *sandbox,
				   char **ret_text,
				   struct attest_error *reterr_error)
{
	struct attest_str out = { 0 };

	attest_syscall_summary_put(&out, &sandbox->calls.totals);
	*ret_text = attest_str_take(&out);
	return *ret_text ? 0
			 : attest_error_set(reterr_error, -ENOMEM, NULL,
					    "out of memory");
}
