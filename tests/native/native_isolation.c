// SPDX-License-Identifier: Apache-2.0
/* The isolation levels `container` and `strict_container` on this kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "policy/image.h"
#include "run.h"
#include "sandbox/confine.h"

static struct attest_container plain(void)
{
	return (struct attest_container){
		.own_network = true,
		.tmp_bytes = 1 << 20,
		.name = "attest",
	};
}

static struct attest_spawn_options in(const struct attest_container *c)
{
	struct attest_spawn_options o = attest_spawn_defaults(NULL, NULL);

	o.container = c;
	o.cwd = "/";
	return o;
}

static void command_runs_in_namespaces_of_its_own(void **state)
{
	static const char *const kinds[] = { "user", "mnt", "pid",   "ipc",
					     "uts",  "net", "cgroup" };
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char script[96];
		char path[64];
		char here[128];
		ssize_t n;

		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s",
			       kinds[i]);
		n = readlink(path, here, sizeof(here) - 1);
		assert_true(n > 0);
		here[n] = '\0';
		(void)snprintf(script, sizeof(script), "readlink %s", path);
		assert_int_equal(run_sh(&o, script), 0);
		assert_null(strstr(run_output, here));
	}
	assert_sh(&o, "hostname 2>/dev/null || cat /proc/sys/kernel/hostname",
		  0, "attest\n");
	assert_no_child();
}

static void status_signals_and_ids_pass(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);
	char want[64];

	(void)state;
	assert_sh(&o, "exit 42", 42, "");
	assert_sh(&o, "kill -KILL $$", 128 + SIGKILL, "");
	(void)snprintf(want, sizeof(want), "%u %u\n", getuid(), getgid());
	assert_sh(&o, "echo $(id -u) $(id -g)", 0, want);
	assert_sh(&o, "echo $$", 0, "2\n");
	assert_no_child();
}

static void root_is_read_only_and_tmp_private(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	assert_int_not_equal(run_sh(&o, "touch /etc/x"), 0);
	assert_non_null(strstr(run_output, "Read-only file system"));
	assert_int_not_equal(run_sh(&o, "touch /var/tmp/x"), 0);
	assert_sh(&o, "ls -A /tmp; echo a > /tmp/x && cat /tmp/x", 0, "a\n");
	assert_sh(&o,
		  "cp /bin/true /tmp/t; chmod +x /tmp/t; /tmp/t 2>/dev/null",
		  126, "");
	assert_int_not_equal(run_sh(&o, "head -c 2000000 /dev/zero > /tmp/big"),
			     0);
	assert_non_null(strstr(run_output, "No space left"));
	assert_sh(&o, "ls -A /run", 0, "");
}

static void binds_are_writable_and_persist(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);
	struct attest_bind bind;
	char script[256];
	char path[128];

	(void)state;
	bind.source = bind.target = (char *)(uintptr_t)scratch();
	bind.writable = true;
	c.binds = &bind;
	c.n_binds = 1;
	(void)snprintf(script, sizeof(script), "echo hello > %s/f", scratch());
	assert_sh(&o, script, 0, "");
	(void)snprintf(path, sizeof(path), "%s/f", scratch());
	assert_int_equal(access(path, R_OK), 0);
	o.cwd = scratch();
	assert_sh(&o, "cat f", 0, "hello\n");
}

static void forbidden_paths_are_covered(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);
	char *covers[] = { (char *)(uintptr_t) "/etc/passwd",
			   (char *)(uintptr_t) "/usr/include",
			   (char *)(uintptr_t) "/no/such" };

	(void)state;
	c.covers = covers;
	c.n_covers = ARRAY_SIZE(covers);
	assert_int_not_equal(run_sh(&o, "cat /etc/passwd"), 0);
	assert_non_null(strstr(run_output, "Permission denied"));
	assert_int_not_equal(run_sh(&o, "cat /usr/include/stdio.h"), 0);
	assert_sh(&o, "umount /etc/passwd 2>/dev/null || echo no", 0, "no\n");
	assert_int_equal(access("/etc/passwd", R_OK), 0);
}

static void devices_are_the_harmless_ones(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	assert_sh(&o, "cd /dev && echo *", 0,
		  "fd full null ptmx pts random shm stderr stdin stdout tty "
		  "urandom zero\n");
	assert_sh(&o, "echo x > /dev/null && head -c 3 /dev/zero | wc -c", 0,
		  "3\n");
	assert_sh(&o, "mknod /dev/shm/d b 7 0 2>/dev/null || echo no", 0,
		  "no\n");
}

static void no_capability_is_left(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	assert_sh(&o,
		  "grep -h -E '^(Cap|NoNew)' /proc/self/status /proc/1/status |"
		  "sort -u",
		  0,
		  "CapAmb:\t0000000000000000\nCapBnd:\t0000000000000000\n"
		  "CapEff:\t0000000000000000\nCapInh:\t0000000000000000\n"
		  "CapPrm:\t0000000000000000\nNoNewPrivs:\t0\n"
		  "NoNewPrivs:\t1\n");
}

/* Each prints what got through. */
static void ways_out_are_closed(void **state)
{
	static const char *const tries[] = {
		"mount -t tmpfs x /mnt 2>/dev/null && echo mount",
		"mount -o remount,rw / 2>/dev/null && echo remount",
		"umount -l /tmp 2>/dev/null && echo umount",
		"chroot / true 2>/dev/null && echo chroot",
		"cat /proc/1/environ 2>/dev/null && echo environ",
		"ls /proc/1/root/ 2>/dev/null && echo root",
		"ls /proc/1/fd/ 2>/dev/null | grep . && echo fds",
		"(echo x > /proc/sys/kernel/core_pattern) 2>/dev/null && echo "
		"core_pattern",
		"(echo b > /proc/sysrq-trigger) 2>/dev/null && echo sysrq",
		"cat /proc/kcore 2>/dev/null | head -c1 | grep . && echo kcore",
		"nsenter -t 1 -m true 2>/dev/null && echo nsenter",
		"find /sys/fs/cgroup -name release_agent -writable 2>/dev/null |"
		"grep . && echo release_agent",
		"kill -9 1 2>/dev/null; kill -0 1 2>/dev/null || echo killed",
		"hostname x 2>/dev/null && echo hostname",
	};
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		(void)run_sh(&o, tries[i]);
		if (run_output[0] && strcmp(run_output, "killed\n") != 0)
			fail_msg("'%s' got through: %s", tries[i], run_output);
	}
}

static void network_is_loopback_only(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	assert_sh(&o, "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '", 0,
		  "lo\n");
	assert_sh(
	    &o,
	    "cat /sys/class/net/lo/flags 2>/dev/null || cut -f1 /proc/net/route | tail -n +2",
	    0, run_output[0] ? run_output : "");
}

static void strict_forbids_more_namespaces(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	c.is_strict = true;
	assert_int_not_equal(run_sh(&o, "unshare -U true"), 0);
	assert_non_null(strstr(run_output, "No space left"));
	assert_int_not_equal(run_sh(&o, "unshare -Ur true"), 0);
	assert_sh(&o, "tail -n +2 /proc/net/route", 0, "");
}

static void everything_ends_with_the_command(void **state)
{
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);

	(void)state;
	/* The daemon would keep standard output open for ever. */
	assert_sh(&o, "setsid sleep 1000 & echo done", 0, "done\n");
	assert_no_child();
}

static void failures_name_the_step(void **state)
{
	const char *const argv[] = { "true", NULL };
	const char *const env[] = { "PATH=/bin", NULL };
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);
	struct attest_bind bind = { (char *)(uintptr_t) "/no/such/dir",
				    (char *)(uintptr_t) "/mnt", true };
	struct attest_spawn_error error;
	struct attest_child child;

	(void)state;
	o.argv = argv;
	o.envp = env;
	c.binds = &bind;
	c.n_binds = 1;
	assert_int_equal(attest_spawn_start(&o, &child, &error), -ENOENT);
	assert_int_equal(error.step, ATTEST_STEP_ROOT);
	assert_string_equal(error.path, "/mnt");
	assert_no_child();
	c.n_binds = 0;
	o.cwd = "/no/cwd";
	assert_int_equal(attest_spawn_start(&o, &child, &error), -ENOENT);
	assert_int_equal(error.step, ATTEST_STEP_CHDIR);
	assert_no_child();
}

/* Mounts where a container makes its own; others may come and go. */
static size_t count_mounts(void)
{
	static const char *const points[] = { " /proc ", " /tmp ", " /run ",
					      " /dev " };
	_cleanup_free_ char *text = NULL;
	size_t n = 0;

	assert_int_equal(
	    attest_read_file("/proc/self/mountinfo", 1 << 20, &text, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(points); i++)
		for (const char *p = text; (p = strstr(p, points[i])); p++)
			n++;
	return n;
}

/* Kills supervisors at moments spread over the whole start. */
static void nothing_stays_after_kills_at_any_time(void **state)
{
	struct attest_container c = plain();
	size_t mounts = count_mounts();

	(void)state;
	for (int i = 0; i < 60; i++) {
		int fds[2];
		char byte;
		pid_t pid;

		assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
		pid = fork();
		if (pid == 0) {
			struct attest_spawn_options o = in(&c);
			const char *const argv[] = { "sleep", "1000", NULL };
			const char *const env[] = { "PATH=/bin", NULL };
			struct attest_spawn_error error;
			struct attest_child child;

			o.argv = argv;
			o.envp = env;
			o.stdio[1] = fds[1];
			if (attest_spawn_start(&o, &child, &error) == 0)
				(void)attest_spawn_go(&child, &error);
			(void)pause();
			_exit(0);
		}
		(void)close(fds[1]);
		(void)usleep((useconds_t)(i * 250));
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		/* Ends when nobody holds the other end any more. */
		assert_int_equal(read(fds[0], &byte, 1), 0);
		(void)close(fds[0]);
	}
	assert_int_equal(count_mounts(), mounts);
	assert_no_child();
}

/* A whole policy: container, Landlock inside it, guard and limits. */
static void a_policy_holds_inside_a_container(void **state)
{
	char work[128];
	char secret[128];
	struct attest_rule rules[] = {
		{ .path = work,
		  .access = ATTEST_PATH_READ_WRITE,
		  .recursive = true,
		  .execute = true,
		  .priority = 100 },
		{ .path = secret, .recursive = true, .priority = 200 },
		{ .path = (char *)(uintptr_t) "/tmp/*",
		  .access = ATTEST_PATH_READ_WRITE,
		  .recursive = true,
		  .priority = 100 },
		{ .path = (char *)(uintptr_t) "/dev/null",
		  .access = ATTEST_PATH_READ_WRITE,
		  .recursive = true,
		  .priority = 100 },
	};
	const struct attest_policy policy = {
		.has_filesystem = true,
		.fs_default = ATTEST_PATH_READ_ONLY,
		.fs_default_execute = true,
		.rules = rules,
		.n_rules = ARRAY_SIZE(rules),
		.has_network = true,
		.net_default = ATTEST_NETWORK_DISABLED,
	};
	const struct attest_confine_options co = { .in_container = true };
	_cleanup_(attest_confine_done) struct attest_confine confine;
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	struct attest_spawn_options o = attest_spawn_defaults(NULL, NULL);
	struct attest_diag diag;
	char text[256];
	int fd;

	(void)state;
	(void)snprintf(work, sizeof(work), "%s/*", scratch());
	(void)snprintf(secret, sizeof(secret), "%s/secret", scratch());
	fd = open(secret, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(attest_image_build(&policy, &image, &diag), 0);
	assert_int_equal(attest_confine_make(&policy, image, &co, &confine,
					     text, sizeof(text)),
			 0);
	if (confine.landlock_state.abi < 1)
		skip();
	attest_confine_fill(&confine, &o);
	o.cwd = scratch();
	assert_sh(&o, "echo x > f; echo y > /tmp/g; cat f /tmp/g 2>/dev/null",
		  0, "x\ny\n");
	assert_int_not_equal(run_sh(&o, "cat secret"), 0);
	assert_non_null(strstr(run_output, "Permission denied"));
	assert_int_not_equal(run_sh(&o, "echo x > secret"), 0);
	assert_int_not_equal(run_sh(&o, "touch /dev/shm/x"), 0);
	assert_sh(&o, "cat /proc/self/comm", 0, "cat\n");
}

static void levels_cover_what_they_say(void **state)
{
	const struct attest_policy policy = {
		.has_network = true,
		.net_default = ATTEST_NETWORK_DISABLED,
		.limits = { .processes = 5 },
	};
	const struct attest_confine_options levels[] = {
		{ 0 }, { .in_container = true }, { .is_strict = true }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		_cleanup_(
		    attest_coverage_free) struct attest_coverage *coverage =
		    NULL;
		struct attest_layer_state layers[ATTEST_CONFINE_LAYERS];
		_cleanup_(attest_confine_done) struct attest_confine c;
		struct attest_spawn_options o =
		    attest_spawn_defaults(NULL, NULL);
		char text[256];

		assert_int_equal(attest_confine_make(&policy, NULL, &levels[i],
						     &c, text, sizeof(text)),
				 0);
		attest_confine_layers(&c, layers);
		assert_int_equal(
		    attest_coverage_make(&policy, ATTEST_SUBJECT_COMMAND,
					 layers, ARRAY_SIZE(layers), &coverage),
		    0);
		assert_int_equal(coverage->n_items, 2);
		assert_true(coverage->items[0].full);
		assert_int_equal(!!coverage->items[1].full,
				 getuid() != 0 || c.cgroup.path);
		attest_confine_fill(&c, &o);
		assert_sh(&o, "echo ran", 0, "ran\n");
		assert_int_not_equal(run_sh(&o, "bash -c 'echo > "
						"/dev/tcp/127.0.0.1/1'"),
				     0);
		if (levels[i].is_strict)
			assert_true(c.cgroup.path || c.cgroup_reason[0]);
	}
	assert_no_child();
}

/* The helper that passes the listener on is the init's child here. */
static void listener_comes_out_of_a_container(void **state)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };
	const char *const argv[] = { "true", NULL };
	const char *const env[] = { "PATH=/bin", NULL };
	struct attest_container c = plain();
	struct attest_spawn_options o = in(&c);
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp response = { 0 };
	struct attest_spawn_error error;
	struct attest_child child;
	int status;

	(void)state;
	o.argv = argv;
	o.envp = env;
	o.filters[0].program = &program;
	o.filters[0].flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	o.n_filters = 1;
	assert_int_equal(attest_spawn_start(&o, &child, &error), 0);
	assert_int_equal(attest_spawn_go(&child, &error), 0);
	assert_true(child.notify_fd >= 0);
	assert_int_equal(
	    ioctl(child.notify_fd, SECCOMP_IOCTL_NOTIF_RECV, &request), 0);
	assert_int_equal(request.pid, child.pid);
	response.id = request.id;
	response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	assert_int_equal(
	    ioctl(child.notify_fd, SECCOMP_IOCTL_NOTIF_SEND, &response), 0);
	assert_int_equal(attest_spawn_wait(&child, &status, NULL), 0);
	assert_int_equal(status, 0);
	attest_spawn_done(&child);
	assert_no_child();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_runs_in_namespaces_of_its_own),
		cmocka_unit_test(status_signals_and_ids_pass),
		cmocka_unit_test(root_is_read_only_and_tmp_private),
		cmocka_unit_test(binds_are_writable_and_persist),
		cmocka_unit_test(forbidden_paths_are_covered),
		cmocka_unit_test(devices_are_the_harmless_ones),
		cmocka_unit_test(no_capability_is_left),
		cmocka_unit_test(ways_out_are_closed),
		cmocka_unit_test(network_is_loopback_only),
		cmocka_unit_test(strict_forbids_more_namespaces),
		cmocka_unit_test(everything_ends_with_the_command),
		cmocka_unit_test(a_policy_holds_inside_a_container),
		cmocka_unit_test(levels_cover_what_they_say),
		cmocka_unit_test(listener_comes_out_of_a_container),
		cmocka_unit_test(failures_name_the_step),
		cmocka_unit_test(nothing_stays_after_kills_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
