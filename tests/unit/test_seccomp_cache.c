// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
#include "policy/node.h"
#include "sandbox/seccomp.h"

static char cache[] = "/tmp/attest-cache-XXXXXX";

static struct attest_seccomp_profile *read_profile(const char *text)
{
	struct attest_seccomp_profile *profile = NULL;
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	struct attest_node *node = NULL;

	assert_int_equal(attest_node_parse(&rd, text, strlen(text), &node), 0);
	assert_int_equal(attest_seccomp_from_node(&rd, node, &profile), 0);
	attest_node_free(&node);
	attest_reader_done(&rd);

	return profile;
}

static struct attest_seccomp_profile *own_profile(void)
{
	return read_profile("defaultAction: SCMP_ACT_ALLOW\nsyscalls:\n"
			    "- { names: [mkdir], action: SCMP_ACT_ERRNO }\n");
}

static void get(const struct attest_seccomp_profile *profile, bool notify,
		struct attest_seccomp_filter *ret)
{
	struct attest_seccomp_options options = { .notify = notify };
	struct attest_diag diag = { 0 };

	assert_int_equal(
	    attest_seccomp_filter_get(profile, &options, ret, NULL, &diag), 0);
}

static void compile(const struct attest_seccomp_profile *profile, bool notify,
		    struct attest_seccomp_filter *ret)
{
	struct attest_seccomp_options options = { .notify = notify };
	struct attest_diag diag = { 0 };

	assert_int_equal(
	    attest_seccomp_compile(profile, &options, ret, NULL, &diag), 0);
}

static void assert_same(const struct attest_seccomp_filter *a,
			const struct attest_seccomp_filter *b)
{
	assert_int_equal(a->prog.len, b->prog.len);
	assert_int_equal(a->flags, b->flags);
	assert_memory_equal(a->prog.filter, b->prog.filter,
			    a->prog.len * sizeof(*a->prog.filter));
}

/* The path of the one file of the cache. */
static void find_entry(char *path, size_t size)
{
	DIR *dir;
	const struct dirent *d;
	char folder[128];
	int n = 0;

	(void)snprintf(folder, sizeof(folder), "%s/attest-bpf", cache);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((d = readdir(dir)))
		if (d->d_name[0] != '.') {
			(void)snprintf(path, size, "%s/%s", folder, d->d_name);
			n++;
		}
	(void)closedir(dir);
	assert_int_equal(n, 1);
}

static void embedded_filters_are_what_libseccomp_makes_now(void **state)
{
	static const char *const levels[] = { "profile: minimal",
					      "profile: standard",
					      "profile: maximum" };

	for (size_t i = 0; i < 2 * ARRAY_SIZE(levels); i++) {
		_cleanup_filter_ struct attest_seccomp_filter a = { 0 };
		_cleanup_filter_ struct attest_seccomp_filter b = { 0 };
		_free_seccomp_ struct attest_seccomp_profile *profile =
		    read_profile(levels[i / 2]);

		get(profile, i % 2, &a);
		assert_true(a.borrowed);
		compile(profile, i % 2, &b);
		assert_same(&a, &b);
	}
}

static void the_second_time_a_filter_comes_from_the_cache(void **state)
{
	_cleanup_filter_ struct attest_seccomp_filter a = { 0 }, b = { 0 };
	_free_seccomp_ struct attest_seccomp_profile *profile = own_profile();
	struct stat before, after;
	char path[512];

	get(profile, false, &a);
	find_entry(path, sizeof(path));
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(before.st_mode & 07777, 0600);
	get(profile, false, &b);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_same(&a, &b);
}

/* What was changed is built anew, and the file is repaired. */
static void a_changed_file_is_not_believed(void **state)
{
	_free_seccomp_ struct attest_seccomp_profile *profile = own_profile();
	char path[512];
	struct stat st;

	find_entry(path, sizeof(path));
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at += 7) {
		_cleanup_filter_ struct attest_seccomp_filter a = { 0 };
		_cleanup_filter_ struct attest_seccomp_filter b = { 0 };
		int fd = open(path, O_RDWR);
		char byte;

		assert_true(fd >= 0);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 4;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		(void)close(fd);
		get(profile, false, &a);
		compile(profile, false, &b);
		assert_same(&a, &b);
	}
}

static void a_cut_or_open_file_is_not_believed(void **state)
{
	_free_seccomp_ struct attest_seccomp_profile *profile = own_profile();
	_cleanup_filter_ struct attest_seccomp_filter a = { 0 }, b = { 0 };
	_cleanup_filter_ struct attest_seccomp_filter c = { 0 };
	char path[512];

	compile(profile, false, &c);
	find_entry(path, sizeof(path));
	assert_int_equal(truncate(path, 40), 0);
	get(profile, false, &a);
	assert_same(&a, &c);
	assert_int_equal(chmod(path, 0622), 0);
	get(profile, false, &b);
	assert_same(&b, &c);
}

static void an_open_folder_is_not_used(void **state)
{
	_free_seccomp_ struct attest_seccomp_profile *profile =
	    read_profile("defaultAction: SCMP_ACT_ALLOW\nsyscalls:\n"
			 "- { names: [rmdir], action: SCMP_ACT_ERRNO }\n");
	_cleanup_filter_ struct attest_seccomp_filter a = { 0 };
	char path[512], folder[128];

	(void)snprintf(folder, sizeof(folder), "%s/attest-bpf", cache);
	assert_int_equal(chmod(folder, 0777), 0);
	get(profile, false, &a);
	assert_true(a.prog.len > 0);
	find_entry(path, sizeof(path));
	assert_int_equal(chmod(folder, 0700), 0);
}

static int remove_cache(void **state)
{
	char path[512], folder[128];

	find_entry(path, sizeof(path));
	(void)snprintf(folder, sizeof(folder), "%s/attest-bpf", cache);
	(void)unlink(path);
	(void)rmdir(folder);

	return rmdir(cache);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    embedded_filters_are_what_libseccomp_makes_now),
		cmocka_unit_test(the_second_time_a_filter_comes_from_the_cache),
		cmocka_unit_test(a_changed_file_is_not_believed),
		cmocka_unit_test(a_cut_or_open_file_is_not_believed),
		cmocka_unit_test(an_open_folder_is_not_used),
	};

	if (!mkdtemp(cache) || setenv("XDG_CACHE_HOME", cache, 1) < 0)
		return 1;

	return cmocka_run_group_tests(tests, NULL, remove_cache);
}
