// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/image.h"
#include "sandbox/container.h"

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
		.priority = access == FORBID ? 200 : 100,
	};
}

static struct attest_policy policy_of(struct attest_rule *rules, size_t n)
{
	return (struct attest_policy){
		.has_filesystem = true,
		.fs_default = READ,
		.fs_default_execute = true,
		.rules = rules,
		.n_rules = n,
		.has_network = true,
		.net_default = ATTEST_NETWORK_DISABLED,
	};
}

static struct attest_container *
plan(const struct attest_policy *policy,
     const struct attest_container_options *options)
{
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	struct attest_container *c = NULL;
	struct attest_diag diag;

	assert_int_equal(attest_image_build(policy, &image, &diag), 0);
	assert_int_equal(attest_container_plan(policy, image, options, &c), 0);
	return c;
}

static const struct attest_container_options defaults = { 0 };

static void writable_rules_become_binds_in_order(void **state)
{
	struct attest_rule rules[] = {
		rule("/var/tmp/*", WRITE), rule("/var", WRITE),
		rule("/tmp/*", WRITE),	   rule("/dev/null", WRITE),
		rule("/no/such/*", WRITE), rule("/var/*/x", WRITE),
		rule("/etc/*", READ),
	};
	struct attest_policy policy = policy_of(rules, ARRAY_SIZE(rules));
	_cleanup_(attest_container_free) struct attest_container *c =
	    plan(&policy, &defaults);

	(void)state;
	assert_int_equal(c->n_binds, 2);
	assert_string_equal(c->binds[0].target, "/var");
	assert_string_equal(c->binds[1].target, "/var/tmp");
	assert_true(c->binds[1].writable);
	assert_false(c->root_writable);
	assert_int_equal(c->tmp_bytes, ATTEST_CONTAINER_TMP_BYTES);
}

static void forbidden_paths_are_covered(void **state)
{
	struct attest_rule rules[] = {
		rule("/etc/passwd", FORBID),
		rule("/usr/include/*", FORBID),
		rule("/etc/host*", FORBID),
		/* Something in it is allowed: no cover. */
		rule("/usr/lib/*", FORBID),
		rule("/usr/lib/**", READ),
	};
	struct attest_policy policy = policy_of(rules, ARRAY_SIZE(rules));
	_cleanup_(attest_container_free) struct attest_container *c = NULL;
	struct attest_namespace_state ns = { 0 };
	bool hosts = false;
	char reason[256];

	(void)state;
	rules[4].priority = 300;
	c = plan(&policy, &defaults);
	assert_string_equal(c->covers[0], "/etc/passwd");
	assert_string_equal(c->covers[1], "/usr/include");
	for (size_t i = 2; i < c->n_covers; i++) {
		hosts |= strcmp(c->covers[i], "/etc/hosts") == 0;
		assert_string_not_equal(c->covers[i], "/usr/lib");
	}
	assert_true(hosts);
	ns.container = c;
	assert_int_equal(attest_namespace_layer.cover(
			     &ns, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_RULE, 0, reason, sizeof(reason)),
			 ATTEST_COVER_FULL);
	assert_int_equal(attest_namespace_layer.cover(
			     &ns, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_RULE, 2, reason, sizeof(reason)),
			 ATTEST_COVER_PARTIAL);
	assert_non_null(strstr(reason, "created later"));
	assert_int_equal(attest_namespace_layer.cover(
			     &ns, &policy, ATTEST_SUBJECT_COMMAND,
			     ATTEST_ITEM_FS_RULE, 3, reason, sizeof(reason)),
			 ATTEST_COVER_NONE);
}

static void network_is_cut_off_only_without_destinations(void **state)
{
	struct attest_policy policy = policy_of(NULL, 0);
	struct attest_net_rule net = { .protocols = ATTEST_NET_TCP };
	_cleanup_(attest_container_free) struct attest_container *none =
	    plan(&policy, &defaults);
	_cleanup_(attest_container_free) struct attest_container *some = NULL;
	struct attest_namespace_state ns = { .container = none };
	char reason[256];

	(void)state;
	assert_true(none->own_network);
	assert_int_equal(
	    attest_namespace_layer.cover(&ns, &policy, ATTEST_SUBJECT_COMMAND,
					 ATTEST_ITEM_NET_DEFAULT, 0, reason,
					 sizeof(reason)),
	    ATTEST_COVER_FULL);
	policy.net_rules = &net;
	policy.n_net_rules = 1;
	some = plan(&policy, &defaults);
	assert_false(some->own_network);
	ns.container = some;
	assert_int_equal(
	    attest_namespace_layer.cover(&ns, &policy, ATTEST_SUBJECT_COMMAND,
					 ATTEST_ITEM_NET_DEFAULT, 0, reason,
					 sizeof(reason)),
	    ATTEST_COVER_NONE);
	ns.container = NULL;
	assert_int_equal(
	    attest_namespace_layer.cover(&ns, &policy, ATTEST_SUBJECT_COMMAND,
					 ATTEST_ITEM_NET_DEFAULT, 0, reason,
					 sizeof(reason)),
	    ATTEST_COVER_NONE);
	assert_non_null(strstr(reason, "isolation 'container'"));
}

static void workspace_goes_where_it_is_asked_to(void **state)
{
	struct attest_policy policy = policy_of(NULL, 0);
	struct attest_container_options o = defaults;
	struct attest_container *untouched = (void *)1;
	_cleanup_(attest_container_free) struct attest_container *c = NULL;

	(void)state;
	o.workspace = "/usr/../var/tmp";
	o.workspace_target = "/mnt";
	c = plan(&policy, &o);
	assert_int_equal(c->n_binds, 1);
	assert_string_equal(c->binds[0].source, "/var/tmp");
	assert_string_equal(c->binds[0].target, "/mnt");
	o.workspace = "/no/such";
	policy.has_filesystem = false;
	assert_int_equal(attest_container_plan(&policy, NULL, &o, &untouched),
			 -ENOENT);
	assert_ptr_equal(untouched, (void *)1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writable_rules_become_binds_in_order),
		cmocka_unit_test(forbidden_paths_are_covered),
		cmocka_unit_test(network_is_cut_off_only_without_destinations),
		cmocka_unit_test(workspace_goes_where_it_is_asked_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
