// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "lib/error.h"
#include "policy/lint.h"
#include "policy/node.h"
#include "policy/seccomp.h"

int attest_policy_open(const char *path, struct attest_policy **ret_policy,
		       struct attest_error *reterr_error)
{
	struct attest_diag diag = { 0 };
	int r;

	r = attest_policy_load(path, NULL, ret_policy, &diag);
	if (r < 0 && !diag.file[0])
		(void)snprintf(diag.file, sizeof(diag.file), "%s", path);
	return r < 0 ? attest_error_from_diag(reterr_error, r, &diag) : 0;
}

int attest_policy_open_text(const char *text, struct attest_policy **ret_policy,
			    struct attest_error *reterr_error)
{
	struct attest_diag diag = { 0 };
	int r;

	r = attest_policy_load(NULL, text, ret_policy, &diag);
	return r < 0 ? attest_error_from_diag(reterr_error, r, &diag) : 0;
}

int attest_policy_open_level(const char *level,
			     struct attest_policy **ret_policy,
			     struct attest_error *reterr_error)
{
	struct attest_diag diag = { 0 };
	int r;

	r = attest_policy_load_level(level, ret_policy, &diag);
	if (r == -ENOENT)
		return attest_error_set(
		    reterr_error, r,
		    "the levels are minimal, standard and maximum",
		    "there is no level '%s'", level);
	return r < 0 ? attest_error_from_diag(reterr_error, r, &diag) : 0;
}

void attest_policy_close(struct attest_policy **policy)
{
	attest_policy_free(policy);
}

const char *attest_policy_name(const struct attest_policy *policy)
{
	return policy->name ? policy->name : "";
}

int attest_policy_json(const struct attest_policy *policy, char **ret_json)
{
	char *json = attest_policy_to_json(policy);

	if (!json)
		return -ENOMEM;
	*ret_json = json;
	return 0;
}

static int tell(const struct attest_warning *warnings, size_t n,
		attest_finding_fn fn, void *data)
{
	for (size_t i = 0; i < n; i++) {
		const struct attest_finding finding = {
			.file = warnings[i].file,
			.line = warnings[i].line,
			.column = warnings[i].column,
			.text = warnings[i].text,
		};
		int r = fn(&finding, data);

		if (r < 0)
			return r;
	}
	return 0;
}

static int tell_error(const struct attest_diag *diag, const char *path,
		      attest_finding_fn fn, void *data)
{
	const struct attest_finding finding = {
		.file = diag->file[0] ? diag->file : path,
		.line = diag->line,
		.column = diag->column,
		.is_error = true,
		.text = diag->text,
	};
	int r = fn(&finding, data);

	return r < 0 ? r : 1;
}

/* Is it a seccomp profile rather than a policy, well formed or not? */
static bool is_profile(const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t len;

	return attest_read_file(path, ATTEST_DOCUMENT_MAX, &text, &len) == 0 &&
	       attest_seccomp_is_profile(text, len);
}

static int lint_profile(const char *path, attest_finding_fn fn, void *data)
{
	_cleanup_(attest_findings_done) struct attest_findings found = { 0 };
	struct attest_seccomp_profile *profile = NULL;
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	int r;

	r = attest_seccomp_load_file(&rd, path, &profile);
	if (r < 0)
		r = tell_error(&diag, path, fn, data);
	else
		r = tell(rd.warnings, rd.n_warnings, fn, data);
	if (profile && r >= 0)
		r = attest_lint_seccomp(profile, path, &found);
	if (profile && r >= 0)
		r = tell(found.items, found.n_items, fn, data);
	attest_seccomp_free(&profile);
	attest_reader_done(&rd);
	return r;
}

static int lint_policy(const struct attest_policy *policy, attest_finding_fn fn,
		       void *data, struct attest_error *error)
{
	_cleanup_(attest_findings_done) struct attest_findings found = { 0 };
	int r;

	r = attest_lint_policy(policy, &found);
	r = r < 0 ? r : attest_lint_paths(policy, &found);
	if (r < 0)
		return attest_error_set(error, r, NULL,
					"cannot look at the policy: %s",
					strerror(-r));
	return tell(found.items, found.n_items, fn, data);
}

int attest_lint_file(const char *path, attest_finding_fn fn, void *data,
		     struct attest_error *reterr_error)
{
	_free_policy_ struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };
	int r;

	if (strcmp(path, "-") != 0 && access(path, R_OK) < 0)
		return attest_error_set(reterr_error, -errno, NULL,
					"cannot read '%s': %s", path,
					strerror(errno));
	if (strcmp(path, "-") != 0 && is_profile(path))
		return lint_profile(path, fn, data);
	r = attest_policy_load(path, NULL, &policy, &diag);
	if (r < 0)
		return tell_error(&diag, path, fn, data);
	r = tell(policy->warnings, policy->n_warnings, fn, data);
	if (r < 0)
		return r;
	return lint_policy(policy, fn, data, reterr_error);
}
