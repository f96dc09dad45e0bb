// SPDX-License-Identifier: Apache-2.0
/** Runs test functions in children and prints how each ended. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kt.h"

#define DETAIL_MAX 900
#define DEFER_MAX 64
#define KILL_SECONDS 10

/* A verdict is one byte, then text: the first FAILED counts, then SKIPPED. */
#define FAILED 'F'
#define SKIPPED 'S'
#define PASSED 'P'

struct verdict {
	char kind; /* 0: none was given */
	char detail[DETAIL_MAX];
};

static int verdict_fd = -1;
static pid_t test_pid;

static struct {
	void (*fn)(void *arg);
	void *arg;
} deferred[DEFER_MAX];
static size_t n_deferred;

double kt_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

double kt_scaled(double seconds)
{
	const char *text = getenv("KT_TIME_SCALE");
	double scale = text ? atof(text) : 1;

	return seconds * (scale >= 1 ? scale : 1);
}

void kt_sleep_ms(unsigned int ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&ts, NULL);
}

void kt_defer(void (*fn)(void *arg), void *arg)
{
	if (n_deferred == DEFER_MAX)
		kt_fail("more than %d deferred calls", DEFER_MAX);
	deferred[n_deferred].fn = fn;
	deferred[n_deferred].arg = arg;
	n_deferred++;
}

static void give_verdict(char kind, const char *detail)
    __attribute__((noreturn));
static void give_verdict(char kind, const char *detail)
{
	struct verdict verdict = { .kind = kind };

	(void)snprintf(verdict.detail, sizeof(verdict.detail), "%s", detail);
	/* below PIPE_BUF: written whole even when several processes fail */
	if (kind != PASSED || getpid() == test_pid)
		(void)!write(verdict_fd, &verdict, sizeof(verdict));
	if (getpid() == test_pid) {
		while (n_deferred) {
			n_deferred--;
			deferred[n_deferred].fn(deferred[n_deferred].arg);
		}
	}
	(void)fflush(NULL);
	_exit(kind == FAILED);
}

void kt_fail_at(const char *file, int line, const char *fmt, ...)
{
	const char *slash = strrchr(file, '/');
	char text[DETAIL_MAX], detail[DETAIL_MAX + 100];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)snprintf(detail, sizeof(detail), "%s:%d: %s",
		       slash ? slash + 1 : file, line, text);
	give_verdict(FAILED, detail);
}

void kt_skip(const char *fmt, ...)
{
	char detail[DETAIL_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	give_verdict(SKIPPED, detail);
}

static void run_child(const struct kt_test *test, int fd)
    __attribute__((noreturn));
static void run_child(const struct kt_test *test, int fd)
{
	verdict_fd = fd;
	test_pid = getpid();
	(void)setpgid(0, 0);
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	test->run();
	give_verdict(PASSED, "");
}

/* As a subreaper we are the parent of everything the test has left. */
static void kill_stragglers(pid_t group)
{
	double deadline = kt_now() + kt_scaled(KILL_SECONDS);
	char path[64];
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		       getpid());
	(void)kill(-group, SIGKILL);
	while (kt_now() < deadline) {
		FILE *f = fopen(path, "re");

		while (f && fscanf(f, "%d", &pid) == 1)
			(void)kill(pid, SIGKILL);
		if (f)
			(void)fclose(f);
		do
			pid = waitpid(-1, NULL, WNOHANG);
		while (pid > 0);
		if (pid < 0)
			return;
		kt_sleep_ms(1);
	}
	fprintf(stderr, "kt: a process of the last test does not die\n");
}

/* Return: whether the child ended in time. */
static bool wait_child(pid_t pid, double seconds, int *ret_status)
{
	struct pollfd pfd = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	double deadline = kt_now() + seconds;
	bool ended = false;

	while (!ended && kt_now() < deadline) {
		(void)poll(&pfd, 1, 1 + (int)((deadline - kt_now()) * 1000));
		ended = waitpid(pid, ret_status, WNOHANG) == pid;
	}
	(void)close(pfd.fd);
	return ended;
}

static void read_verdict(int fd, struct verdict *ret_verdict)
{
	struct verdict next;

	ret_verdict->kind = 0;
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	while (read(fd, &next, sizeof(next)) == (ssize_t)sizeof(next)) {
		if (ret_verdict->kind == FAILED)
			continue;
		if (ret_verdict->kind == SKIPPED && next.kind == PASSED)
			continue;
		*ret_verdict = next;
	}
	for (char *p = ret_verdict->detail; *p && ret_verdict->kind; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
}

/* Return: whether the test did not fail. */
static bool print_verdict(const char *name, const struct verdict *verdict,
			  bool ended, int status, double seconds)
{
	bool failed = true;

	if (verdict->kind == FAILED) {
		printf("not ok %s: %s\n", name, verdict->detail);
	} else if (!ended) {
		printf("not ok %s: timed out after %g s\n", name, seconds);
	} else if (WIFSIGNALED(status)) {
		printf("not ok %s: killed by signal %d (%s)\n", name,
		       WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else if (!verdict->kind) {
		printf("not ok %s: exited with %d before its end\n", name,
		       WEXITSTATUS(status));
	} else if (verdict->kind == SKIPPED) {
		printf("skip %s: %s\n", name, verdict->detail);
		failed = false;
	} else {
		printf("ok %s\n", name);
		failed = false;
	}
	(void)fflush(stdout);
	return !failed;
}

static bool run_test(const struct kt_test *test)
{
	double seconds = kt_scaled(test->seconds ? test->seconds : KT_SECONDS);
	struct verdict verdict;
	int fds[2], status = 0;
	bool ended;
	pid_t pid;

	(void)fflush(NULL);
	if (pipe2(fds, O_CLOEXEC)) {
		printf("not ok %s: pipe: %s\n", test->name, strerror(errno));
		return false;
	}
	pid = fork();
	if (pid < 0) {
		printf("not ok %s: fork: %s\n", test->name, strerror(errno));
		return false;
	}
	if (!pid) {
		(void)close(fds[0]);
		run_child(test, fds[1]);
	}
	ended = wait_child(pid, seconds, &status);
	kill_stragglers(pid);
	read_verdict(fds[0], &verdict);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return print_verdict(test->name, &verdict, ended, status, seconds);
}

static bool is_wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

int kt_main(int argc, char **argv, const struct kt_test *tests, size_t n_tests)
{
	bool all_passed = true, any = false;

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (size_t i = 0; i < n_tests; i++) {
		if (!is_wanted(argc, argv, tests[i].name))
			continue;
		any = true;
		if (!run_test(&tests[i]))
			all_passed = false;
	}
	if (!any)
		printf("not ok %s: no such test\n", argc < 2 ? "all" : argv[1]);
	return !any ? 2 : !all_passed;
}
