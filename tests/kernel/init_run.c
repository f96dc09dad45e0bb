// SPDX-License-Identifier: Apache-2.0
/**
 * Runs test executables one after the other and turns what they print into
 * results. Nothing of a test survives it: processes are killed, cgroups and
 * pins are removed, and having left some is a failure.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

#define TESTS_DIR "/tests"
#define EXE_SECONDS 300 /* for what has no time limit of its own */
#define KILL_SECONDS 20
#define NOTES_MAX 200 /* lines of chatter kept per executable */

struct stream {
	int fd;
	size_t n;
	char line[1024];
};

struct run {
	const char *exe;
	struct counts *counts;
	unsigned int n_results;
	unsigned int n_failed;
	unsigned int n_notes;
	struct stream out;
	struct stream err;
};

static double now_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void fail(struct run *run, const char *name, const char *why)
{
	report_line("not ok %s%s%s: %s", run->exe, *name ? "/" : "", name, why);
	run->counts->n_failed++;
	run->n_failed++;
	run->n_results++;
}

static void note(struct run *run, const char *line)
{
	if (run->n_notes == NOTES_MAX)
		report_line("# %s: further output is not shown", run->exe);
	else if (run->n_notes < NOTES_MAX)
		report_line("# %s: %s", run->exe, line);
	run->n_notes++;
}

static void take_result(struct run *run, char *line)
{
	if (!strncmp(line, "ok ", 3)) {
		report_line("ok %s/%s", run->exe, line + 3);
		run->counts->n_passed++;
		run->n_results++;
	} else if (!strncmp(line, "not ok ", 7)) {
		char *why = strstr(line, ": ");

		if (why)
			*why = '\0';
		fail(run, line + 7, why ? why + 2 : "no detail");
	} else if (!strncmp(line, "skip ", 5) && strstr(line, ": ")) {
		report_line("skip %s/%s", run->exe, line + 5);
		run->counts->n_skipped++;
		run->n_results++;
	} else if (!strncmp(line, "skip ", 5)) {
		fail(run, line + 5, "skipped without a reason");
	} else {
		note(run, line);
	}
}

static void take_line(struct run *run, struct stream *stream)
{
	stream->line[stream->n] = '\0';
	for (size_t i = 0; i < stream->n; i++)
		if ((unsigned char)stream->line[i] < ' ')
			stream->line[i] = ' ';
	if (stream == &run->out)
		take_result(run, stream->line);
	else
		note(run, stream->line);
	stream->n = 0;
}

/* Reads what is there. Return: false once the stream is at its end. */
static bool drain(struct run *run, struct stream *stream)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(stream->fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (stream->n == sizeof(stream->line) - 1)
				take_line(run, stream);
			if (buf[i] == '\n')
				take_line(run, stream);
			else
				stream->line[stream->n++] = buf[i];
		}
	}
	return n < 0 && errno == EAGAIN;
}

static void start_child(const struct run *run, const char *filter, int out,
			int err)
{
	char path[512];
	int null;

	(void)setsid();
	null = open("/dev/null", O_RDONLY);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	if (chdir("/tmp"))
		fprintf(stderr, "/tmp: %s\n", strerror(errno));
	(void)snprintf(path, sizeof(path), TESTS_DIR "/%s", run->exe);
	execl(path, path, filter, (char *)NULL);
	fprintf(stderr, "cannot start: %s\n", strerror(errno));
	_exit(127);
}

static void kill_stragglers(void)
{
	double deadline = now_s() + KILL_SECONDS;
	pid_t pid = 0;

	/* every orphan is ours, so no child left means no process left */
	while (now_s() < deadline) {
		(void)kill(-1, SIGKILL);
		do
			pid = waitpid(-1, NULL, WNOHANG);
		while (pid > 0);
		if (pid < 0)
			return;
		(void)usleep(1000);
	}
	report_line("# a process of the last test does not die");
}

/* Return: the wait status, or -1 when the time was up. */
static int follow(struct run *run, pid_t pid, double seconds)
{
	double deadline = now_s() + seconds;
	struct pollfd fds[3];
	int status = -1;

	fds[0] = (struct pollfd){ pidfd_open(pid, 0), POLLIN, 0 };
	fds[1] = (struct pollfd){ run->out.fd, POLLIN, 0 };
	fds[2] = (struct pollfd){ run->err.fd, POLLIN, 0 };
	while (now_s() < deadline) {
		(void)poll(fds, 3, 1 + (int)((deadline - now_s()) * 1000));
		if (fds[1].revents && !drain(run, &run->out))
			fds[1].fd = -1;
		if (fds[2].revents && !drain(run, &run->err))
			fds[2].fd = -1;
		if (fds[0].revents && waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	kill_stragglers();
	(void)drain(run, &run->out);
	(void)drain(run, &run->err);
	if (run->out.n)
		take_line(run, &run->out);
	if (run->err.n)
		take_line(run, &run->err);
	(void)close(fds[0].fd);
	return status;
}

static void judge_end(struct run *run, int status, unsigned int seconds)
{
	char why[128] = "";

	if (status == -1)
		(void)snprintf(why, sizeof(why),
			       "timed out after %u seconds of guest time",
			       seconds);
	else if (WIFSIGNALED(status))
		(void)snprintf(why, sizeof(why), "killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) && !run->n_failed)
		(void)snprintf(why, sizeof(why),
			       "exited with %d, no test failed",
			       WEXITSTATUS(status));
	else if (!run->n_results)
		(void)snprintf(why, sizeof(why), "printed no result");
	if (*why)
		fail(run, "", why);
}

static void run_exe(const struct row *row, struct counts *counts,
		    const char *exe, const char *filter)
{
	unsigned int seconds = row_seconds(row, EXE_SECONDS);
	struct run run = { .exe = exe, .counts = counts };
	double start = now_s();
	int out[2], err[2];
	const char *why;
	char left[512];
	pid_t pid;

	report_line("# run %s", exe);
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) {
		fail(&run, "", strerror(errno));
		return;
	}
	(void)fcntl(out[0], F_SETFL, O_NONBLOCK);
	(void)fcntl(err[0], F_SETFL, O_NONBLOCK);
	run.out.fd = out[0];
	run.err.fd = err[0];
	pid = fork();
	if (!pid)
		start_child(&run, filter, out[1], err[1]);
	(void)close(out[1]);
	(void)close(err[1]);
	judge_end(&run, follow(&run, pid, seconds), seconds);
	(void)close(out[0]);
	(void)close(err[0]);

	if (clean_up(left, sizeof(left)))
		fail(&run, "leftovers", left);
	why = kmsg_fault();
	if (why)
		fail(&run, "kernel-log", why);
	report_line("# time %s %.2f", exe, now_s() - start);
}

static bool is_wanted(const struct row *row, const char *exe)
{
	for (size_t i = 0; i < row->n_tests; i++)
		if (!fnmatch(row->tests[i], exe, 0))
			return true;
	return false;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void run_listed(const struct row *row, struct counts *counts)
{
	struct dirent **list;
	int n;

	n = scandir(TESTS_DIR, &list, is_visible, alphasort);
	for (int i = 0; i < n; i++) {
		if (is_wanted(row, list[i]->d_name))
			run_exe(row, counts, list[i]->d_name, NULL);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

void run_tests(const struct row *row, struct counts *counts)
{
	struct run boot = { .exe = "boot", .counts = counts };
	const char *why;

	kmsg_open();
	why = kmsg_fault();
	if (why) {
		fail(&boot, "kernel-log", why);
	} else {
		report_line("ok boot/kernel-log");
		counts->n_passed++;
	}
	if (!row->n_only)
		run_listed(row, counts);
	for (size_t i = 0; i < row->n_only; i++) {
		char *filter = strchr(row->only[i], '/');

		if (filter)
			*filter++ = '\0';
		run_exe(row, counts, row->only[i], filter);
	}
}
