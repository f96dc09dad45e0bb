// SPDX-License-Identifier: Apache-2.0
/**
 * What filters cost: nanoseconds per getppid(2), time to build, to get and to
 * load, in one run: bench_seccomp [PROFILE...]. Levels need no argument.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "policy/node.h"
#include "sandbox/seccomp.h"

#define ROUNDS 15 /* the least of these is taken: noise only adds */
#define CALLS 200000

static double now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);

	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double call_ns(void)
{
	double least = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ns(), took;

		for (int i = 0; i < CALLS; i++)
			(void)syscall(SYS_getppid);
		took = (now_ns() - start) / CALLS;
		if (took < least)
			least = took;
	}

	return least;
}

/* In a child: the time to load, then the time of calls under the filter. */
static void measure_child(const struct attest_seccomp_filter *filter, int out)
{
	double result[2] = { 0, 0 }, start;

	if (filter) {
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		start = now_ns();
		if (attest_seccomp_install(filter) < 0)
			_exit(1);
		result[0] = now_ns() - start;
	}
	result[1] = call_ns();
	_exit(write(out, result, sizeof(result)) != sizeof(result));
}

static int measure(const struct attest_seccomp_filter *filter, double result[2])
{
	int channel[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(channel) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		measure_child(filter, channel[1]);
	(void)close(channel[1]);
	n = read(channel[0], result, 2 * sizeof(*result));
	(void)close(channel[0]);
	(void)waitpid(pid, &status, 0);

	return n == (ssize_t)(2 * sizeof(*result)) ? 0 : -EIO;
}

/* The loops of the bench itself must be allowed: under maximum they are not,
 * so what it lacks is added.
 */
static void allow(struct attest_seccomp_profile *profile, const char *name)
{
	struct attest_scmp_rule *rule = &profile->rules[0];
	char **names =
	    reallocarray(rule->names, rule->n_names + 1, sizeof(*names));

	if (!names)
		abort();
	rule->names = names;
	rule->names[rule->n_names++] = strdup(name);
	profile->builtin = false;
}

static int load(const char *name, struct attest_seccomp_profile **ret)
{
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	int r;

	r = strchr(name, '/') ? attest_seccomp_load_file(&rd, name, ret)
			      : attest_seccomp_find(&rd, name, ret);
	if (r < 0)
		(void)fprintf(stderr, "%s: %s\n", name, diag.text);
	attest_reader_done(&rd);

	return r;
}

static int bench(const char *name)
{
	_free_seccomp_ struct attest_seccomp_profile *profile = NULL;
	_cleanup_filter_ struct attest_seccomp_filter built = { 0 };
	_cleanup_filter_ struct attest_seccomp_filter first = { 0 };
	_cleanup_filter_ struct attest_seccomp_filter again = { 0 };
	double start = now_ns(), read_ns, build_ns, get_ns, result[2];
	struct attest_diag diag = { 0 };
	int r;

	r = load(name, &profile);
	if (r < 0)
		return r;
	read_ns = now_ns() - start;
	(void)attest_seccomp_filter_get(profile, NULL, &first, NULL, &diag);
	start = now_ns();
	(void)attest_seccomp_filter_get(profile, NULL, &again, NULL, &diag);
	get_ns = now_ns() - start;
	if (strcmp(name, "maximum") == 0) {
		allow(profile, "getppid");
		allow(profile, "clock_gettime");
	}
	start = now_ns();
	r = attest_seccomp_compile(profile, NULL, &built, NULL, &diag);
	build_ns = now_ns() - start;
	if (r == 0)
		r = measure(&built, result);
	if (r < 0) {
		(void)fprintf(stderr, "%s: %s %s\n", name, strerror(-r),
			      diag.text);
		return r;
	}
	(void)printf("%-40s %6u %8.1f %9.0f %9.0f %9.1f %9.0f\n", name,
		     built.prog.len, result[1], read_ns / 1e3, build_ns / 1e3,
		     get_ns / 1e3, result[0] / 1e3);

	return 0;
}

int main(int argc, char **argv)
{
	static const char *const levels[] = { "minimal", "standard",
					      "maximum" };
	double bare[2];
	int failed = 0;

	(void)printf("%-40s %6s %8s %9s %9s %9s %9s\n", "profile", "insns",
		     "ns/call", "read us", "build us", "get us", "load us");
	if (measure(NULL, bare) < 0)
		return EXIT_FAILURE;
	(void)printf("%-40s %6s %8.1f\n", "none", "", bare[1]);
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		failed |= bench(levels[i]) < 0;
	for (int i = 1; i < argc; i++)
		failed |= bench(argv[i]) < 0;

	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
