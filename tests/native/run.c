// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

char run_output[8192];
static char scratch_path[64];

static const char *const env[] = { "PATH=/usr/bin:/bin:/usr/sbin:/sbin",
				   "LC_ALL=C", NULL };

static void read_all(int fd)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, run_output + len, sizeof(run_output) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	run_output[len] = '\0';
}

int run_command(struct attest_spawn_options *options, const char *const *argv)
{
	struct attest_spawn_error error = { 0 };
	struct attest_child child;
	int status = -1;
	char text[512];
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	options->argv = argv;
	options->envp = env;
	options->stdio[1] = options->stdio[2] = fds[1];
	if (attest_spawn_start(options, &child, &error) < 0)
		fail_msg("%s",
			 attest_spawn_error_text(&error, text, sizeof(text)));
	(void)close(fds[1]);
	if (attest_spawn_go(&child, &error) < 0)
		fail_msg("%s",
			 attest_spawn_error_text(&error, text, sizeof(text)));
	read_all(fds[0]);
	(void)close(fds[0]);
	assert_int_equal(attest_spawn_wait(&child, &status, NULL), 0);
	attest_spawn_done(&child);
	return status;
}

int run_sh(struct attest_spawn_options *options, const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	return run_command(options, argv);
}

void assert_sh(struct attest_spawn_options *options, const char *script,
	       int status, const char *output)
{
	int got = run_sh(options, script);

	if (got != status || strcmp(run_output, output) != 0)
		fail_msg("'%s': status %d, wanted %d; output '%s', wanted '%s'",
			 script, got, status, run_output, output);
}

void assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_scratch(void)
{
	(void)nftw(scratch_path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *scratch(void)
{
	if (scratch_path[0])
		return scratch_path;
	(void)strcpy(scratch_path, "/var/tmp/attest-native.XXXXXX");
	assert_non_null(mkdtemp(scratch_path));
	(void)atexit(remove_scratch);
	return scratch_path;
}
