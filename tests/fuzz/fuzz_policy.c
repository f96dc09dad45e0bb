// SPDX-License-Identifier: Apache-2.0
/**
 * Policy text: it is refused with a reason, or it compiles to an image that
 * is valid, and its canonical JSON is the same policy.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/image.h"
#include "policy/lint.h"
#include "policy/policy.h"

/* Not assert(): release builds leave it out. */
static void check(bool condition)
{
	if (!condition)
		abort();
}

/* Wildcards multiply states; compiling is to stay within the time limit. */
#define WILDCARDS_MAX 6

static bool is_cheap(const struct attest_policy *policy)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_rules; i++)
		for (const char *p = policy->rules[i].path; *p; p++)
			n += *p == '*' || *p == '?' || *p == '[';
	/* The built-in levels have their own, which are known to be cheap. */
	return n <= WILDCARDS_MAX || policy->level;
}

static void check_image(const struct attest_policy *policy)
{
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	struct attest_findings findings = { 0 };
	struct attest_decision decision;
	struct attest_diag diag = { 0 };
	int r;

	r = attest_image_build(policy, &image, &diag);
	check(r == 0);
	check(attest_image_is_valid(image, image->bytes));
	for (size_t i = 0; i < policy->n_rules; i++)
		attest_image_decide(image, policy->rules[i].path,
				    strlen(policy->rules[i].path), &decision);
	r = attest_lint_policy(policy, &findings);
	check(r == 0);
	attest_findings_done(&findings);
}

static void check_json(const struct attest_policy *policy)
{
	_free_policy_ struct attest_policy *again = NULL;
	_cleanup_free_ char *json = attest_policy_to_json(policy);
	struct attest_diag diag = { 0 };

	check(json);
	/* A policy that is large written out is too large for one text. */
	if (strlen(json) > 1U << 20)
		return;
	if (attest_policy_load(NULL, json, &again, &diag) < 0)
		abort();
	check(memcmp(policy->digest, again->digest, 32) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_free_policy_ struct attest_policy *policy = NULL;
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct attest_diag diag = { 0 };

	/* What it extends is read from disk: nothing that blocks. */
	if (!text || strstr(text, "/dev") || strstr(text, "/proc"))
		return 0;
	if (attest_policy_load(NULL, text, &policy, &diag) < 0) {
		check(diag.text[0]);
		check(!policy);
		return 0;
	}
	check_json(policy);
	if (is_cheap(policy))
		check_image(policy);
	return 0;
}
