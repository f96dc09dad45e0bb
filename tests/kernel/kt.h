/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Kernel tests: each function runs in a child of its own and ends as one line.
 *
 *	ok NAME | not ok NAME: detail | skip NAME: reason
 *
 * A function that returns has passed. kt_fail(), kt_skip() and every check
 * below end the test at once, from any process the test has forked. Whatever
 * the test started is killed at its end. What it prints goes to stderr.
 * All times are seconds of the guest, scaled by the row's speed.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

#define KT_SECONDS 40
#define KT_OUTPUT_MAX 65536
#define KT_UNPRIVILEGED_UID 1000

struct kt_test {
	const char *name;
	void (*run)(void);
	unsigned int seconds; /* 0: KT_SECONDS */
};

#define KT_TEST(function)                                                      \
	{                                                                      \
#function, function, 0                                         \
	}
#define KT_TEST_FOR(function, seconds)                                         \
	{                                                                      \
#function, function, seconds                                   \
	}
#define KT_MAIN(tests)                                                         \
	int main(int argc, char **argv)                                        \
	{                                                                      \
		return kt_main(argc, argv, tests,                              \
			       sizeof(tests) / sizeof((tests)[0]));            \
	}

/**
 * Runs the tests named in argv, or all.
 *
 * Return: exit status: 0 none failed, 1 some failed, 2 no such test.
 */
int kt_main(int argc, char **argv, const struct kt_test *tests, size_t n_tests);

void kt_fail_at(const char *file, int line, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 3, 4)));
void kt_skip(const char *fmt, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#define kt_fail(...) kt_fail_at(__FILE__, __LINE__, __VA_ARGS__)

#define kt_check(condition)                                                    \
	do {                                                                   \
		if (!(condition))                                              \
			kt_fail("%s", #condition);                             \
	} while (0)

#define kt_check_int(actual, expected)                                         \
	do {                                                                   \
		long long actual_ = (actual), expected_ = (expected);          \
		if (actual_ != expected_)                                      \
			kt_fail("%s is %lld, not %lld", #actual, actual_,      \
				expected_);                                    \
	} while (0)

#define kt_check_str(actual, expected)                                         \
	do {                                                                   \
		const char *actual_ = (actual), *expected_ = (expected);       \
		if (strcmp(actual_, expected_))                                \
			kt_fail("%s is '%s', not '%s'", #actual, actual_,      \
				expected_);                                    \
	} while (0)

#define kt_check_contains(text, part)                                          \
	do {                                                                   \
		const char *text_ = (text), *part_ = (part);                   \
		if (!strstr(text_, part_))                                     \
			kt_fail("%s lacks '%s': '%.300s'", #text, part_,       \
				text_);                                        \
	} while (0)

/** The call, which returns -1 on failure, must succeed. Value: its result. */
#define kt_expect_ok(call)                                                     \
	({                                                                     \
		long long result_;                                             \
		errno = 0;                                                     \
		result_ = (long long)(call);                                   \
		if (result_ == -1)                                             \
			kt_fail("%s: %s", #call, strerror(errno));             \
		result_;                                                       \
	})

/** The call must return -1 with exactly this errno. */
#define kt_expect_errno(call, expected)                                        \
	do {                                                                   \
		long long result_;                                             \
		int errno_;                                                    \
		errno = 0;                                                     \
		result_ = (long long)(call);                                   \
		errno_ = errno;                                                \
		if (result_ != -1)                                             \
			kt_fail("%s succeeded, expected %s", #call,            \
				strerrorname_np(expected));                    \
		if (errno_ != (expected))                                      \
			kt_fail("%s: %s, expected %s", #call,                  \
				strerrorname_np(errno_),                       \
				strerrorname_np(expected));                    \
	} while (0)

/** The condition must become true within this many seconds. */
#define kt_wait_for(condition, seconds)                                        \
	do {                                                                   \
		double deadline_ = kt_now() + kt_scaled(seconds);              \
		while (!(condition)) {                                         \
			if (kt_now() > deadline_)                              \
				kt_fail("not within %g s: %s",                 \
					(double)(seconds), #condition);        \
			kt_sleep_ms(5);                                        \
		}                                                              \
	} while (0)

double kt_now(void);
double kt_scaled(double seconds);
void kt_sleep_ms(unsigned int ms);

/** Calls fn(arg) when the test ends, passed or failed, last one first. */
void kt_defer(void (*fn)(void *arg), void *arg);

/** The matrix row, "" outside of a guest. */
const char *kt_row(void);
/** Whether the row has this flag in kernels.tsv. */
bool kt_has_flag(const char *flag);
/** Whether the row's kernel command line lists this LSM. */
bool kt_lists_lsm(const char *lsm);

struct kt_result {
	int status; /* exit status, or 128 + signal */
	char out[KT_OUTPUT_MAX];
	char err[KT_OUTPUT_MAX];
};

/** Runs a command to its end and keeps its output, NUL-terminated. */
void kt_run_argv(struct kt_result *ret_result, const char *const argv[]);

#define kt_run(ret_result, ...)                                                \
	kt_run_argv(ret_result, (const char *const[]){ __VA_ARGS__, NULL })

/** Starts a command with output to @out_path (NULL: stderr). Return: its pid.
 */
pid_t kt_start(const char *out_path, const char *const argv[]);
/** Waits for a child. Return: exit status, or 128 + signal. */
int kt_wait(pid_t pid);

/** Reads a whole file; the caller frees it. Fails the test if it cannot. */
char *kt_read_file(const char *path);
/** Creates or truncates a file. Fails the test if it cannot. */
void kt_write_file(const char *path, const char *text);

/** Becomes this user and group for good, without capabilities. */
void kt_become_uid(uid_t uid);

/** Creates /sys/fs/cgroup/NAME, removed at the test's end. */
char *kt_cgroup_new(const char *name);
void kt_cgroup_add(const char *path, pid_t pid);
/** Kills the members and removes the directory. */
void kt_cgroup_remove(const char *path);

/** Loads /lib/modules/extra/NAME.ko; see scripts/vm/fetch-kernels. */
void kt_load_module(const char *name);
