// SPDX-License-Identifier: Apache-2.0
/** The guest's first process; see init.h. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

#define USER_ID 1000 /* as in the initramfs's /etc/passwd */

static const struct {
	const char *type;
	const char *dir;
	const char *options;
} mounts[] = {
	{ "proc", "/proc", "" },
	{ "sysfs", "/sys", "" },
	{ "devtmpfs", "/dev", "mode=755" },
	{ "devpts", "/dev/pts", "" },
	{ "tmpfs", "/dev/shm", "mode=1777" },
	{ "tmpfs", "/tmp", "mode=1777" },
	{ "tmpfs", "/run", "mode=755" },
	{ "securityfs", "/sys/kernel/security", "" },
	{ "debugfs", "/sys/kernel/debug", "" },
	{ "tracefs", "/sys/kernel/tracing", "" },
	{ "bpf", "/sys/fs/bpf", "mode=700" },
	{ "cgroup2", "/sys/fs/cgroup", "" },
};

static void bring_up_loopback(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		report_line("# loopback: %s", strerror(errno));
	if (fd >= 0)
		(void)close(fd);
}

/* A test will miss what is missing here, and this line will say why. */
static void complain(int r, const char *what)
{
	if (r)
		printf("init: %s: %s\n", what, strerror(errno));
}

void machine_set_up(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		(void)mkdir(mounts[i].dir, 0755);
		complain(mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0,
			       mounts[i].options),
			 mounts[i].dir);
	}
	complain(symlink("/proc/self/fd", "/dev/fd"), "/dev/fd");
	complain(symlink("/proc/self/fd/0", "/dev/stdin"), "/dev/stdin");
	complain(symlink("/proc/self/fd/1", "/dev/stdout"), "/dev/stdout");
	complain(symlink("/proc/self/fd/2", "/dev/stderr"), "/dev/stderr");
	complain(chown("/home/user", USER_ID, USER_ID), "/home/user");
	complain(sethostname("guest", 5), "hostname");
}

static void set_environment(const struct row *row)
{
	(void)clearenv();
	(void)setenv("PATH", "/usr/bin:/usr/sbin:/bin:/sbin", 1);
	(void)setenv("HOME", "/root", 1);
	(void)setenv("TERM", "vt100", 1);
	(void)setenv("KT_ROW", row->name, 1);
	(void)setenv("KT_LSM", row->lsm, 1);
	(void)setenv("KT_FLAGS", row->flags, 1);
	(void)setenv("KT_TIME_SCALE", row->scale, 1);
}

static void power_off(void)
{
	report_close();
	sync();
	(void)reboot(RB_POWER_OFF);
	for (;;)
		(void)pause();
}

static void run_mode(const struct row *row)
{
	struct counts counts = { 0 };
	int status;

	if (!strcmp(row->mode, "shell")) {
		run_shell();
		report_line("END 0 0 0");
	} else if (!strcmp(row->mode, "bench")) {
		status = run_bench(row);
		report_line("STATUS %d", WIFEXITED(status)
					     ? WEXITSTATUS(status)
					     : 128 + WTERMSIG(status));
		report_line("END 0 0 0");
	} else {
		run_tests(row, &counts);
		report_line("END %u %u %u", counts.n_passed, counts.n_failed,
			    counts.n_skipped);
	}
}

int main(void)
{
	struct utsname uts;
	struct row row;
	int r;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	machine_set_up();
	r = report_open();
	if (r < 0) {
		printf("init: result port: %s\n", strerror(-r));
		power_off();
	}
	r = row_read(ROW_FILE, &row);
	if (r < 0) {
		report_line("# %s: %s", ROW_FILE, strerror(-r));
		power_off();
	}
	(void)uname(&uts);
	report_line("BEGIN %s %s", row.name, uts.release);
	bring_up_loopback();
	set_environment(&row);
	run_mode(&row);
	power_off();
}
