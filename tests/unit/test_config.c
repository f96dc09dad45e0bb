// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/config.h"

static char dir[] = "/tmp/attest-config-XXXXXX";

static void write_config(const char *name, const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(
	    attest_write_file_atomic(path, text, strlen(text), 0644), 0);
}

static void check(const struct attest_config *c, const char *key,
		  const char *value, const char *origin)
{
	for (size_t i = 0; i < ATTEST_CONFIG_VALUES; i++) {
		if (strcmp(c->values[i].key, key) != 0)
			continue;
		assert_string_equal(c->values[i].value, value);
		assert_non_null(strstr(c->values[i].origin, origin));
		return;
	}
	fail_msg("no value for %s", key);
}

/* The specification's three files, "Integration with Operation Modes". */
static void the_specified_modes_are_read(void **state)
{
	static const struct {
		const char *text, *isolation, *level;
	} cases[] = {
		{ "mode: light\nsandbox:\n  isolation_level: process\n"
		  "  security_level: minimal\n  seccomp_profile: minimal\n",
		  "process", "minimal" },
		{ "mode: verifiable\nsandbox:\n  isolation_level: container\n"
		  "  security_level: standard\n  seccomp_profile: standard\n"
		  "  network_policy: disabled\n",
		  "container", "standard" },
		{ "mode: formal-proof\nsandbox:\n"
		  "  isolation_level: strict_container\n"
		  "  security_level: maximum\n  seccomp_profile: maximum\n"
		  "  network_policy: disabled\n  filesystem_policy: strict\n",
		  "strict_container", "maximum" },
	};
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/attest.yaml", dir);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(attest_config_free) struct attest_config *c = NULL;
		struct attest_diag diag = { 0 };

		write_config("attest.yaml", cases[i].text);
		assert_int_equal(attest_config_load(path, &c, &diag), 0);
		check(c, "isolation_level", cases[i].isolation,
		      "attest.yaml:3");
		check(c, "security_level", cases[i].level, "attest.yaml:4");
		check(c, "seccomp_profile", cases[i].level, "attest.yaml:5");
	}
}

static void the_mode_alone_decides_the_rest(void **state)
{
	_cleanup_(attest_config_free) struct attest_config *c = NULL;
	struct attest_diag diag = { 0 };
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/attest.yaml", dir);
	write_config("attest.yaml", "mode: formal-proof\n");
	assert_int_equal(attest_config_load(path, &c, &diag), 0);
	check(c, "mode", "formal-proof", "attest.yaml:1");
	check(c, "isolation_level", "strict_container", "mode formal-proof");
	check(c, "security_level", "maximum", "mode formal-proof");
	check(c, "seccomp_profile", "maximum", "level maximum");
	check(c, "network_policy", "disabled", "level maximum");
	check(c, "filesystem_policy", "strict", "level maximum");
}

static void it_is_found_upward(void **state)
{
	_cleanup_free_ char *path = NULL;
	char sub[128];

	(void)state;
	write_config("attest.yaml", "mode: light\n");
	(void)snprintf(sub, sizeof(sub), "%s/a", dir);
	assert_int_equal(mkdir(sub, 0755), 0);
	assert_int_equal(chdir(sub), 0);
	assert_int_equal(attest_config_find(&path), 0);
	assert_non_null(strstr(path, "/attest.yaml"));
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(sub), 0);
}

static void one_that_another_user_planted_is_not_taken(void **state)
{
	_cleanup_free_ char *path = NULL;
	char file[128];

	(void)state;
	if (geteuid() != 0)
		skip();
	write_config("attest.yaml", "mode: light\n");
	(void)snprintf(file, sizeof(file), "%s/attest.yaml", dir);
	assert_int_equal(chown(file, 65534, 65534), 0);
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(attest_config_find(&path), -EPERM);
	assert_null(path);
	assert_int_equal(chdir("/"), 0);
}

static int setup(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/attest.yaml", dir);
	(void)unlink(path);
	return rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_specified_modes_are_read),
		cmocka_unit_test(the_mode_alone_decides_the_rest),
		cmocka_unit_test(it_is_found_upward),
		cmocka_unit_test(one_that_another_user_planted_is_not_taken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
