// SPDX-License-Identifier: Apache-2.0
/**
 * What the built-in levels promise about paths.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "policy/image.h"

struct promise {
	const char *path;
	const char *access; /* letters of "rwx" */
};

static uint32_t bits(const char *access)
{
	return (strchr(access, 'r') ? ATTEST_ACCESS_READ : 0) |
	       (strchr(access, 'w') ? ATTEST_ACCESS_WRITE : 0) |
	       (strchr(access, 'x') ? ATTEST_ACCESS_EXECUTE : 0);
}

static void check(const char *level, const struct promise *promises, size_t n)
{
	struct attest_policy *policy = NULL;
	struct attest_image_hdr *image = NULL;
	struct attest_diag diag = { 0 };

	assert_int_equal(attest_policy_load_level(level, &policy, &diag), 0);
	assert_int_equal(attest_image_build(policy, &image, &diag), 0);
	for (size_t i = 0; i < n; i++) {
		const char *path = promises[i].path;
		struct attest_decision d;

		attest_image_decide(image, path, strlen(path), &d);
		if (d.access != bits(promises[i].access))
			fail_msg("%s: %s: access %u by rule %u", level, path,
				 d.access, d.rule);
	}
	free(image);
	attest_policy_free(&policy);
}

static void minimal_protects_the_system_and_its_secrets(void **state)
{
	static const struct promise promises[] = {
		{ "/", "rwx" },
		{ "/home/u/x", "rwx" },
		{ "/usr/bin/env", "rx" },
		{ "/usr/local/bin/x", "rwx" },
		{ "/etc/hosts", "rx" },
		{ "/etc/shadow", "" },
		{ "/etc/shadow-", "" },
		{ "/etc/sudoers.d/x", "" },
		{ "/dev/mem", "" },
		{ "/proc/sys/kernel/core_pattern", "rx" },
		{ "/proc/sysrq-trigger", "" },
		{ "/sys/fs/bpf", "" },
	};

	(void)state;
	check("minimal", promises, ARRAY_SIZE(promises));
}

static void standard_has_the_default_rules_and_their_exceptions(void **state)
{
	static const struct promise promises[] = {
		{ "/", "rx" },
		{ "/usr/bin/env", "rx" },
		{ "/tmp", "rwx" },
		{ "/tmp/a/b", "rwx" },
		{ "/tmpfile", "rx" },
		{ "/workspace/a", "rwx" },
		{ "/etc", "" },
		{ "/etc/shadow", "" },
		{ "/etc/ssl/private/key.pem", "" },
		{ "/etc/ld.so.cache", "rx" },
		{ "/etc/ssl/certs/ca.pem", "rx" },
		{ "/proc/1/environ", "" },
		{ "/proc/1234/mem", "" },
		{ "/proc/1234/root/etc/shadow", "" },
		{ "/proc/1234/maps", "rx" },
		{ "/proc/1234/task/1235/comm", "rwx" },
		{ "/proc/kcore", "" },
		{ "/proc/meminfo", "rx" },
		{ "/proc/sys/kernel/core_pattern", "" },
		{ "/sys/kernel/security", "" },
		{ "/sys/devices/system/cpu/online", "rx" },
		{ "/root/.ssh/id_rsa", "" },
		{ "/home/u/.ssh/id_rsa", "" },
		{ "/home/u/code", "rx" },
		{ "/run/docker.sock", "" },
		{ "/dev/null", "rwx" },
		{ "/dev/sda", "" },
		{ "/dev/mem", "" },
		{ "/dev/pts/3", "rwx" },
	};

	(void)state;
	check("standard", promises, ARRAY_SIZE(promises));
}

static void maximum_has_what_a_program_needs_to_start(void **state)
{
	static const struct promise promises[] = {
		{ "/", "r" },
		{ "/usr/bin/env", "rx" },
		{ "/usr/lib/x86_64-linux-gnu/libc.so.6", "rx" },
		{ "/lib64/ld-linux-x86-64.so.2", "rx" },
		{ "/etc/ld.so.cache", "rx" },
		{ "/etc/passwd", "" },
		{ "/workspace/x", "rwx" },
		{ "/usr/sbin/x", "" },
		{ "/home/u", "" },
		{ "/dev/null", "rwx" },
		{ "/dev/shm/x", "" },
		{ "/proc/meminfo", "" },
	};

	(void)state;
	check("maximum", promises, ARRAY_SIZE(promises));
}

static void strict_is_five_rules(void **state)
{
	static const struct promise promises[] = {
		{ "/", "" },
		{ "/usr/bin/env", "" },
		{ "/tmp/x", "rwx" },
		{ "/workspace", "rwx" },
		{ "/workspaces/x", "" },
		{ "/etc/hosts", "" },
		{ "/lib/ld-linux.so", "" },
	};

	(void)state;
	check("strict", promises, ARRAY_SIZE(promises));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(minimal_protects_the_system_and_its_secrets),
		cmocka_unit_test(
		    standard_has_the_default_rules_and_their_exceptions),
		cmocka_unit_test(maximum_has_what_a_program_needs_to_start),
		cmocka_unit_test(strict_is_five_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
