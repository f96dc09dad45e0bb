// SPDX-License-Identifier: Apache-2.0
/** What a boot can do besides testing: one program, or a shell. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

#define BENCH_OUT "/run/bench.out"
#define BENCH_ERR "/run/bench.err"

static void send_notes(const char *path)
{
	char line[1024];
	FILE *f;

	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		report_line("# %s", line);
	(void)fclose(f);
}

/* Output goes to tmpfs: reading a pipe would cost the measured program. */
int run_bench(const struct row *row)
{
	int status, out, err, r;
	pid_t pid;

	if (!row->n_args) {
		report_line("# bench: no program");
		return 2 << 8;
	}
	pid = fork();
	if (!pid) {
		out = open(BENCH_OUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		err = open(BENCH_ERR, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		(void)setsid();
		(void)dup2(out, STDOUT_FILENO);
		(void)dup2(err, STDERR_FILENO);
		(void)close(out);
		(void)close(err);
		execvp(row->args[0], row->args);
		fprintf(stderr, "%s: %s\n", row->args[0], strerror(errno));
		_exit(127);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	send_notes(BENCH_ERR);
	r = report_file(BENCH_OUT);
	if (r < 0)
		report_line("# bench output: %s", strerror(-r));
	return status;
}

void run_shell(void)
{
	pid_t pid;
	int fd;

	pid = fork();
	if (!pid) {
		(void)setsid();
		fd = open("/dev/ttyS0", O_RDWR);
		(void)ioctl(fd, TIOCSCTTY, 1);
		(void)dup2(fd, STDIN_FILENO);
		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
		if (chdir("/root"))
			fprintf(stderr, "/root: %s\n", strerror(errno));
		(void)setenv("PS1", "guest# ", 1);
		execl("/bin/busybox", "sh", (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, NULL, 0) != pid)
		;
}
