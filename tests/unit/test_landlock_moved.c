// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sandbox/landlock_moved.h"

/* The host: /src with one file, and "/other" if has_target. */
static bool has_target;

static int host_list(void *ctx, const char *path,
		     int (*each)(void *arg, const char *name, bool is_dir),
		     void *arg)
{
	(void)ctx;
	if (strcmp(path, "/") == 0) {
		int r = each(arg, "src", true);

		return r || !has_target ? r : each(arg, "ws", true);
	}
	if (strcmp(path, "/src") == 0)
		return each(arg, "file", false);
	return -ENOENT;
}

static enum attest_landlock_kind host_kind(void *ctx, const char *path)
{
	(void)ctx;
	if (strcmp(path, "/src/file") == 0)
		return ATTEST_LANDLOCK_FILE;
	if (strcmp(path, "/") == 0 || strcmp(path, "/src") == 0 ||
	    (has_target && strcmp(path, "/ws") == 0))
		return ATTEST_LANDLOCK_DIRECTORY;
	return ATTEST_LANDLOCK_MISSING;
}

static const struct attest_landlock_tree host = { .list = host_list,
						  .kind = host_kind };

static int note(void *arg, const char *name, bool is_directory)
{
	char *text = arg;

	(void)strcat(text, name);
	(void)strcat(text, is_directory ? "/ " : " ");
	return 0;
}

static void the_directory_is_seen_at_its_new_path(void **state)
{
	struct attest_landlock_moved moved = { &host, "/src", "/ws" };
	struct attest_landlock_tree t = attest_landlock_moved_tree(&moved);
	char text[64] = "";

	(void)state;
	for (int i = 0; i < 2; i++) {
		has_target = i;
		assert_int_equal(t.kind(t.ctx, "/ws"),
				 ATTEST_LANDLOCK_DIRECTORY);
		assert_int_equal(t.kind(t.ctx, "/ws/file"),
				 ATTEST_LANDLOCK_FILE);
		assert_int_equal(t.kind(t.ctx, "/wsx"),
				 ATTEST_LANDLOCK_MISSING);
		text[0] = '\0';
		assert_int_equal(t.list(t.ctx, "/ws", note, text), 0);
		assert_string_equal(text, "file ");
		text[0] = '\0';
		assert_int_equal(t.list(t.ctx, "/", note, text), 0);
		assert_string_equal(text, "src/ ws/ ");
	}
	assert_null(t.own);
}

static void paths_that_get_too_long_are_hidden(void **state)
{
	static char source[4090];
	struct attest_landlock_moved moved = { &host, source, "/ws" };
	struct attest_landlock_tree t = attest_landlock_moved_tree(&moved);
	char text[64] = "";

	(void)state;
	memset(source, 'a', sizeof(source) - 1);
	assert_int_equal(t.kind(t.ctx, "/ws/a/b/c/d"), ATTEST_LANDLOCK_HIDDEN);
	assert_int_equal(t.list(t.ctx, "/ws/a/b/c/d", note, text),
			 -ENAMETOOLONG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_directory_is_seen_at_its_new_path),
		cmocka_unit_test(paths_that_get_too_long_are_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
