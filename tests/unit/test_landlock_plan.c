// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/image.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/landlock_plan.h"

/* A file tree as a list of paths; directories end in '/'. */
static const char *const paths[] = {
	"/",
	"/bin@",
	"/etc/",
	"/etc/passwd",
	"/etc/shadow",
	"/etc/ssl/",
	"/etc/ssl/key",
	"/home/",
	"/home/ann/",
	"/home/ann/.ssh/",
	"/home/ann/work",
	"/home/bob/",
	"/home/bob/.ssh/",
	"/home/bob/.ssh/id",
	"/usr/",
	"/usr/bin/",
	"/usr/bin/cc",
	"/work/",
	"/work/a/",
	"/work/a/b",
	"/work/secret/",
	"/work/secret/x",
	"/work/z",
};

static bool unlistable;

/* The name of entry `path` if it is right in directory `dir`. */
static bool is_entry(const char *path, const char *dir, char *name,
		     bool *ret_is_directory)
{
	size_t n = strcmp(dir, "/") == 0 ? 0 : strlen(dir);
	size_t len;

	if (strncmp(path, dir, n) != 0 || path[n] != '/' || !path[n + 1])
		return false;
	path += n + 1;
	len = strcspn(path, "/");
	*ret_is_directory = path[len] == '/';
	if (path[len] && path[len + 1])
		return false;
	memcpy(name, path, len);
	name[len] = '\0';
	return true;
}

static int list(void *ctx, const char *dir,
		int (*each)(void *arg, const char *name, bool is_directory),
		void *arg)
{
	int r = 0;

	(void)ctx;
	if (unlistable)
		return -EACCES;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(paths); i++) {
		bool is_directory;
		char name[64];

		if (is_entry(paths[i], dir, name, &is_directory) &&
		    !strchr(name, '@'))
			r = each(arg, name, is_directory);
	}
	return r;
}

static enum attest_landlock_kind kind(void *ctx, const char *path)
{
	size_t n = strlen(path);

	(void)ctx;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (strncmp(paths[i], path, n) != 0)
			continue;
		if (strcmp(paths[i] + n, "@") == 0)
			return ATTEST_LANDLOCK_SYMLINK;
		if (strcmp(paths[i] + n, "/") == 0 || n == 1)
			return ATTEST_LANDLOCK_DIRECTORY;
		if (paths[i][n] == '\0')
			return ATTEST_LANDLOCK_FILE;
	}
	return ATTEST_LANDLOCK_MISSING;
}

static const struct attest_landlock_tree tree = { .list = list, .kind = kind };

#define FORBID ATTEST_PATH_FORBIDDEN
#define READ ATTEST_PATH_READ_ONLY
#define WRITE ATTEST_PATH_READ_WRITE

static struct attest_rule rule(const char *path, enum attest_path_access access)
{
	return (struct attest_rule){
		.path = (char *)(uintptr_t)path,
		.access = access,
		.recursive = true,
		.execute = true,
		.priority = 100,
	};
}

static struct attest_policy policy_of(enum attest_path_access dflt,
				      struct attest_rule *rules, size_t n)
{
	return (struct attest_policy){
		.has_filesystem = true,
		.fs_default = dflt,
		.fs_default_execute = true,
		.rules = rules,
		.n_rules = n,
	};
}

static struct attest_landlock_plan *plan_of(const struct attest_policy *policy,
					    enum attest_landlock_fit fit)
{
	struct attest_landlock_plan *plan = NULL;

	assert_int_equal(
	    attest_landlock_plan_make(policy, NULL, fit, &tree, &plan), 0);
	return plan;
}

static uint64_t granted(const struct attest_landlock_plan *plan,
			const char *path)
{
	for (size_t i = 0; i < plan->n_grants; i++)
		if (strcmp(plan->grants[i].path, path) == 0)
			return plan->grants[i].rights;
	return 0;
}

/* What Landlock allows for a path: the union of all grants on the way. */
static uint64_t effective(const struct attest_landlock_plan *plan,
			  const char *path)
{
	uint64_t rights = 0;

	for (size_t i = 0; i < plan->n_grants; i++) {
		const char *grant = plan->grants[i].path;
		size_t n = strcmp(grant, "/") == 0 ? 0 : strlen(grant);

		if (strncmp(path, grant, n) == 0 &&
		    (path[n] == '/' || path[n] == '\0'))
			rights |= plan->grants[i].rights;
	}
	return rights;
}

static void one_writable_directory_needs_two_grants(void **state)
{
	struct attest_rule rules[] = { rule("/work/*", WRITE) };
	struct attest_policy policy = policy_of(READ, rules, 1);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    plan_of(&policy, ATTEST_LANDLOCK_STRICT);

	(void)state;
	assert_int_equal(plan->n_grants, 2);
	assert_int_equal(granted(plan, "/"), ATTEST_LL_READ_FILE |
						 ATTEST_LL_READ_DIR |
						 ATTEST_LL_EXECUTE);
	assert_true(granted(plan, "/work") & ATTEST_LL_REFER);
	assert_true(granted(plan, "/work") & ATTEST_LL_MAKE_REG);
	assert_null(plan->fates[0].note);
	assert_null(plan->fates[1].note);
}

static void forbidden_below_allowed_grants_the_siblings(void **state)
{
	struct attest_rule rules[] = { rule("/work/*", WRITE),
				       rule("/work/secret", FORBID) };
	struct attest_policy policy = policy_of(READ, rules, 2);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    NULL;

	(void)state;
	rules[1].priority = 200;
	plan = plan_of(&policy, ATTEST_LANDLOCK_STRICT);
	assert_true(granted(plan, "/work/a") & ATTEST_LL_MAKE_REG);
	assert_true(granted(plan, "/work/z") & ATTEST_LL_WRITE_FILE);
	assert_int_equal(effective(plan, "/work/secret/x"), 0);
	assert_int_equal(effective(plan, "/work/new"), 0);
	/* Their parent must not be renamed or replaced either. */
	assert_false(effective(plan, "/work") & ATTEST_LL_REMOVE_DIR);
	assert_non_null(strstr(plan->fates[1].note, "'/work'"));
	assert_null(plan->fates[2].note);
}

static void forbidden_file_leaves_its_directory_listable(void **state)
{
	struct attest_rule rules[] = { rule("/etc/shadow", FORBID) };
	struct attest_policy policy = policy_of(READ, rules, 1);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    plan_of(&policy, ATTEST_LANDLOCK_STRICT);

	(void)state;
	assert_true(effective(plan, "/etc") & ATTEST_LL_READ_DIR);
	assert_true(effective(plan, "/etc/passwd") & ATTEST_LL_READ_FILE);
	assert_false(effective(plan, "/etc/shadow") & ATTEST_LL_READ_FILE);
}

static void execute_false_is_respected(void **state)
{
	struct attest_rule rules[] = { rule("/work/*", WRITE) };
	struct attest_policy policy = policy_of(READ, rules, 1);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    NULL;

	(void)state;
	rules[0].execute = false;
	plan = plan_of(&policy, ATTEST_LANDLOCK_STRICT);
	assert_false(effective(plan, "/work/z") & ATTEST_LL_EXECUTE);
	assert_true(effective(plan, "/work/z") & ATTEST_LL_WRITE_FILE);
	assert_true(effective(plan, "/usr/bin/cc") & ATTEST_LL_EXECUTE);
}

static void wildcards_inside_names_are_not_carried(void **state)
{
	struct attest_rule rules[] = { rule("/work/*.key", FORBID),
				       rule("/home/*/.ssh", FORBID) };
	struct attest_policy policy = policy_of(WRITE, rules, 2);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    plan_of(&policy, ATTEST_LANDLOCK_STRICT);
	struct attest_landlock_state ll = { .abi = 7, .plan = plan };
	char reason[256];

	(void)state;
	assert_false(plan->fates[1].is_carried);
	assert_true(plan->fates[2].is_carried);
	assert_true(effective(plan, "/work/z") & ATTEST_LL_WRITE_FILE);
	assert_false(effective(plan, "/home/bob/.ssh/id") &
		     ATTEST_LL_READ_FILE);
	assert_true(effective(plan, "/home/ann/work") & ATTEST_LL_READ_FILE);
	assert_int_equal(attest_landlock_layer.cover(
			     &ll, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_RULE, 0, reason, sizeof(reason)),
			 ATTEST_COVER_NONE);
	assert_non_null(strstr(reason, "wildcard"));
	assert_int_equal(attest_landlock_layer.cover(
			     &ll, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_RULE, 1, reason, sizeof(reason)),
			 ATTEST_COVER_FULL);
}

static void missing_and_linked_paths_are_noted(void **state)
{
	struct attest_rule rules[] = { rule("/bin/*", WRITE),
				       rule("/not/there", WRITE) };
	struct attest_policy policy = policy_of(READ, rules, 2);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    plan_of(&policy, ATTEST_LANDLOCK_STRICT);

	(void)state;
	assert_non_null(strstr(plan->fates[1].note, "symbolic link"));
	assert_non_null(strstr(plan->fates[2].note, "does not exist"));
	assert_int_equal(granted(plan, "/bin"), 0);
}

static void unlistable_directories_fall_back_on_named_paths(void **state)
{
	struct attest_rule rules[] = { rule("/home/ann/*", WRITE) };
	struct attest_policy policy = policy_of(FORBID, rules, 1);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    NULL;

	(void)state;
	unlistable = true;
	plan = plan_of(&policy, ATTEST_LANDLOCK_STRICT);
	unlistable = false;
	assert_int_equal(plan->n_grants, 1);
	assert_true(granted(plan, "/home/ann") & ATTEST_LL_WRITE_FILE);
}

static int list_many(void *ctx, const char *dir,
		     int (*each)(void *arg, const char *name,
				 bool is_directory),
		     void *arg)
{
	int r = strcmp(dir, "/") == 0 ? each(arg, "work", true) : 0;

	(void)ctx;
	for (int i = 0; r == 0 && strcmp(dir, "/work") == 0 && i < 20000; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "f%d", i);
		r = each(arg, name, false);
	}
	return r;
}

static void too_many_siblings_stay_refused_and_are_noted(void **state)
{
	const struct attest_landlock_tree many = { .list = list_many,
						   .kind = kind };
	struct attest_rule rules[] = { rule("/work/*", WRITE),
				       rule("/work/secret", FORBID) };
	struct attest_policy policy = policy_of(READ, rules, 2);
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    NULL;
	struct attest_landlock_state ll = { .abi = 7 };
	char reason[256];

	(void)state;
	rules[1].priority = 200;
	assert_int_equal(attest_landlock_plan_make(&policy, NULL,
						   ATTEST_LANDLOCK_STRICT,
						   &many, &plan),
			 0);
	ll.plan = plan;
	assert_int_equal(effective(plan, "/work/f1"), 0);
	assert_true(plan->fates[1].is_cut);
	assert_int_equal(attest_landlock_layer.cover(
			     &ll, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_RULE, 0, reason, sizeof(reason)),
			 ATTEST_COVER_PARTIAL);
	assert_non_null(strstr(reason, "too many entries"));
}

static void network_rules_become_ports(void **state)
{
	struct attest_net_rule net[] = {
		{ .protocols = ATTEST_NET_TCP, .port_min = 80, .port_max = 81 },
		{ .protocols = ATTEST_NET_UDP, .port_min = 53, .port_max = 53 },
		{ .protocols = ATTEST_NET_TCP,
		  .port_min = 0,
		  .port_max = 65535 },
	};
	struct attest_policy policy = {
		.has_network = true,
		.net_default = ATTEST_NETWORK_DISABLED,
		.net_rules = net,
		.n_net_rules = ARRAY_SIZE(net),
	};
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    plan_of(&policy, ATTEST_LANDLOCK_STRICT);
	_cleanup_(
	    attest_landlock_plan_free) struct attest_landlock_plan *loose =
	    plan_of(&policy, ATTEST_LANDLOCK_LOOSE);

	(void)state;
	assert_true(plan->handles_net);
	assert_false(plan->handles_fs);
	assert_int_equal(plan->n_ports, 4);
	assert_int_equal(plan->ports[1].port, 81);
	assert_int_equal(plan->ports[1].rights, ATTEST_LL_CONNECT_TCP);
	assert_int_equal(plan->ports[3].port, 0);
	assert_int_equal(plan->ports[3].rights, ATTEST_LL_BIND_UDP);
	/* All ports cannot be listed, so another layer has to decide. */
	assert_false(loose->handles_net);
}

static void truncation_is_partial_before_abi_3(void **state)
{
	struct attest_rule rules[] = { rule("/work/*", WRITE) };
	struct attest_policy policy = policy_of(READ, rules, 1);
	struct attest_landlock_state ll = { .abi = 2 };
	char reason[256];

	(void)state;
	assert_int_equal(attest_landlock_layer.cover(
			     &ll, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_DEFAULT, 0, reason, sizeof(reason)),
			 ATTEST_COVER_PARTIAL);
	assert_int_equal(attest_landlock_layer.cover(
			     &ll, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_RULE, 0, reason, sizeof(reason)),
			 ATTEST_COVER_FULL);
	ll.truncate_is_filtered = true;
	assert_int_equal(attest_landlock_layer.cover(
			     &ll, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_DEFAULT, 0, reason, sizeof(reason)),
			 ATTEST_COVER_FULL);
	ll.abi = -ENOSYS;
	assert_int_equal(attest_landlock_layer.cover(
			     &ll, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_DEFAULT, 0, reason, sizeof(reason)),
			 ATTEST_COVER_NONE);
}

/* Access bits that Landlock rights on content stand for. */
static uint32_t access_of(uint64_t rights)
{
	uint32_t access = 0;

	if (rights & (ATTEST_LL_READ_FILE | ATTEST_LL_READ_DIR))
		access |= ATTEST_ACCESS_READ;
	if (rights & ATTEST_LL_EXECUTE)
		access |= ATTEST_ACCESS_EXECUTE;
	if (rights &
	    ~(ATTEST_LL_READ_FILE | ATTEST_LL_READ_DIR | ATTEST_LL_EXECUTE))
		access |= ATTEST_ACCESS_WRITE;
	return access;
}

static uint32_t decide(const struct attest_image_hdr *image, const char *path)
{
	struct attest_decision decision;

	attest_image_decide(image, path, strlen(path), &decision);
	return decision.access;
}

static void compare(const struct attest_image_hdr *image,
		    const struct attest_landlock_plan *strict,
		    const struct attest_landlock_plan *loose, const char *path,
		    bool is_directory)
{
	uint64_t mask =
	    is_directory ? ATTEST_LL_READ_DIR : ATTEST_LL_FILE_RIGHTS;
	uint32_t allowed = decide(image, path);
	uint32_t got = access_of(effective(strict, path) & mask);

	if (got & ~allowed)
		fail_msg("'%s': strict gives %x, the policy %x", path, got,
			 allowed);
	got = access_of(effective(loose, path) & mask);
	if (is_directory)
		allowed &= ATTEST_ACCESS_READ;
	if (allowed & ~got)
		fail_msg("'%s': loose gives %x, the policy %x", path, got,
			 allowed);
}

/* A name that is not there yet: may it be made, is it readable then? */
static void compare_new(const struct attest_image_hdr *image,
			const struct attest_landlock_plan *strict,
			const struct attest_landlock_plan *loose,
			const char *dir)
{
	uint32_t allowed;
	char path[128];
	uint32_t got;

	(void)snprintf(path, sizeof(path), "%s/brand-new", dir);
	allowed = decide(image, path);
	got = access_of(effective(strict, dir) & ~ATTEST_LL_READ_DIR);
	if (got & ~allowed)
		fail_msg("'%s': strict gives %x, the policy %x", path, got,
			 allowed);
	got = access_of(effective(loose, path));
	if (allowed & ~got)
		fail_msg("'%s': loose gives %x, the policy %x", path, got,
			 allowed);
}

static void random_policies_err_on_the_right_side(void **state)
{
	static const char *const patterns[] = {
		"/work/*",     "/work/secret", "/work/a/b",    "/etc/*",
		"/etc/shadow", "/etc/ssl/**",  "/home/*/.ssh", "/home/*",
		"/usr",	       "/*",	       "/home/bob",    "/work/a/*",
	};
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan
		    *strict = NULL;
		_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan
		    *loose = NULL;
		_cleanup_free_ struct attest_image_hdr *image = NULL;
		struct attest_rule rules[5];
		struct attest_policy policy =
		    policy_of((enum attest_path_access)(rand_r(&seed) % 3),
			      rules, (size_t)rand_r(&seed) % 6);
		struct attest_diag diag;

		for (size_t i = 0; i < policy.n_rules; i++) {
			rules[i] =
			    rule(patterns[(size_t)rand_r(&seed) %
					  ARRAY_SIZE(patterns)],
				 (enum attest_path_access)(rand_r(&seed) % 3));
			rules[i].recursive = rand_r(&seed) % 4;
			rules[i].execute = rand_r(&seed) % 3;
			rules[i].priority = rand_r(&seed) % 3;
		}
		assert_int_equal(attest_image_build(&policy, &image, &diag), 0);
		strict = plan_of(&policy, ATTEST_LANDLOCK_STRICT);
		loose = plan_of(&policy, ATTEST_LANDLOCK_LOOSE);
		for (size_t i = 1; i < ARRAY_SIZE(paths); i++) {
			size_t n = strlen(paths[i]);
			bool is_directory = paths[i][n - 1] == '/';
			char path[64];

			if (paths[i][n - 1] == '@')
				continue;
			memcpy(path, paths[i], n + 1);
			if (is_directory)
				path[n - 1] = '\0';
			compare(image, strict, loose, path, is_directory);
			if (is_directory)
				compare_new(image, strict, loose, path);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_writable_directory_needs_two_grants),
		cmocka_unit_test(forbidden_below_allowed_grants_the_siblings),
		cmocka_unit_test(forbidden_file_leaves_its_directory_listable),
		cmocka_unit_test(execute_false_is_respected),
		cmocka_unit_test(wildcards_inside_names_are_not_carried),
		cmocka_unit_test(missing_and_linked_paths_are_noted),
		cmocka_unit_test(
		    unlistable_directories_fall_back_on_named_paths),
		cmocka_unit_test(too_many_siblings_stay_refused_and_are_noted),
		cmocka_unit_test(network_rules_become_ports),
		cmocka_unit_test(truncation_is_partial_before_abi_3),
		cmocka_unit_test(random_policies_err_on_the_right_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
