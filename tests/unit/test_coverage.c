// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "event/record.h"
#include "policy/coverage.h"

/* A layer that enforces some kinds of statements, as its state says. */
struct ability {
	enum attest_cover by_kind[ATTEST_ITEM_END];
};

static enum attest_cover cover(const void *state,
			       const struct attest_policy *policy,
			       enum attest_subject_kind subject,
			       enum attest_item_kind kind, size_t index,
			       char *reason, size_t size)
{
	const struct ability *a = state;

	assert_non_null(policy);
	assert_int_equal(subject, ATTEST_SUBJECT_COMMAND);
	if (a->by_kind[kind] != ATTEST_COVER_FULL)
		(void)snprintf(reason, size, "kind %d index %zu", kind, index);
	return a->by_kind[kind];
}

static const struct attest_layer_ops bpf = {
	.layer = ATTEST_LAYER_BPF,
	.name = "bpf",
	.cover = cover,
};
static const struct attest_layer_ops landlock = {
	.layer = ATTEST_LAYER_LANDLOCK,
	.name = "landlock",
	.cover = cover,
};

static struct attest_policy *load(const char *text)
{
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };

	if (attest_policy_load(NULL, text, &policy, &diag) < 0)
		fail_msg("%s", diag.text);
	return policy;
}

static const char document[] =
    "filesystem:\n  default: forbidden\n  rules:\n"
    "  - { path: /a, access: read-only }\n"
    "  - { path: /b, access: read-write }\n"
    "  forbidden_extensions: [exe]\n  symlinks: forbid\n"
    "  limits: { max_file_size: 1, max_disk_usage: 2, max_files: 3 }\n"
    "network: { default: disabled, allow: [ { to: any } ] }\n"
    "seccomp: { profile: minimal }\n"
    "limits: { processes: 4 }\n";

static void every_statement_is_an_item(void **state)
{
	static const enum attest_item_kind kinds[] = {
		ATTEST_ITEM_FS_DEFAULT,	       ATTEST_ITEM_FS_RULE,
		ATTEST_ITEM_FS_RULE,	       ATTEST_ITEM_FS_EXTENSIONS,
		ATTEST_ITEM_FS_SYMLINKS,       ATTEST_ITEM_FS_MAX_FILE_SIZE,
		ATTEST_ITEM_FS_MAX_DISK_USAGE, ATTEST_ITEM_FS_MAX_FILES,
		ATTEST_ITEM_SECCOMP,	       ATTEST_ITEM_NET_DEFAULT,
		ATTEST_ITEM_NET_RULE,	       ATTEST_ITEM_PROCESS_LIMIT,
	};
	struct attest_policy *policy = load(document);
	struct attest_coverage *coverage = NULL;

	(void)state;
	assert_int_equal(attest_coverage_make(policy, ATTEST_SUBJECT_COMMAND,
					      NULL, 0, &coverage),
			 0);
	assert_int_equal(coverage->n_items, ARRAY_SIZE(kinds));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		assert_int_equal(coverage->items[i].kind, kinds[i]);
	assert_int_equal(coverage->items[2].index, 1);
	assert_string_equal(coverage->items[2].text, "/b read-write");
	assert_string_equal(coverage->items[7].text, "max_files 3");
	assert_ptr_equal(attest_coverage_gap(coverage), &coverage->items[0]);
	attest_coverage_free(&coverage);
	assert_null(coverage);
	attest_policy_free(&policy);
}

static void layers_are_combined_and_the_nearest_reason_stays(void **state)
{
	struct ability first = { .by_kind = {
				     [ATTEST_ITEM_FS_DEFAULT] =
					 ATTEST_COVER_PARTIAL,
				     [ATTEST_ITEM_FS_RULE] = ATTEST_COVER_FULL,
				 } };
	struct ability second = { .by_kind = {
				      [ATTEST_ITEM_FS_DEFAULT] =
					  ATTEST_COVER_NONE,
				      [ATTEST_ITEM_FS_RULE] = ATTEST_COVER_FULL,
				  } };
	const struct attest_layer_state layers[] = {
		{ &bpf, &first },
		{ &landlock, &second },
	};
	struct attest_policy *policy =
	    load("filesystem:\n  default: forbidden\n  rules:\n"
		 "  - { path: /a, access: read-only }\n");
	struct attest_coverage *c = NULL;

	(void)state;
	assert_int_equal(
	    attest_coverage_make(policy, ATTEST_SUBJECT_COMMAND, layers, 2, &c),
	    0);
	assert_int_equal(c->n_items, 2);
	assert_int_equal(c->items[0].full, 0);
	assert_int_equal(c->items[0].partial, 1U << ATTEST_LAYER_BPF);
	assert_string_equal(c->items[0].reason, "bpf: kind 0 index 0");
	assert_int_equal(c->items[1].full,
			 1U << ATTEST_LAYER_BPF | 1U << ATTEST_LAYER_LANDLOCK);
	assert_null(c->items[1].reason);
	assert_ptr_equal(attest_coverage_gap(c), &c->items[0]);
	attest_coverage_free(&c);
	first.by_kind[ATTEST_ITEM_FS_DEFAULT] = ATTEST_COVER_FULL;
	assert_int_equal(
	    attest_coverage_make(policy, ATTEST_SUBJECT_COMMAND, layers, 2, &c),
	    0);
	assert_null(attest_coverage_gap(c));
	attest_coverage_free(&c);
	attest_policy_free(&policy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_is_an_item),
		cmocka_unit_test(
		    layers_are_combined_and_the_nearest_reason_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
