// SPDX-License-Identifier: Apache-2.0
/**
 * Ways out of the confinement: mounts, namespaces, other processes, the
 * supervisor. And ways to execute what may not be executed.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "kt.h"

#define LOADER "/lib64/ld-linux-x86-64.so.2"
#define SCRIPT "/kt_attack_script"

static int by_bind_mount(void)
{
	return attack_result(mount(NO, OK "/dir", NULL, MS_BIND, NULL));
}

static int by_new_mount(void)
{
	return attack_result(mount("none", OK "/dir", "tmpfs", 0, NULL));
}

static int by_unmount(void)
{
	return attack_result(umount2("/tmp", MNT_DETACH));
}

static int by_moved_mount(void)
{
	int fd = open_tree(AT_FDCWD, NO, OPEN_TREE_CLONE);

	if (fd < 0)
		return errno;
	return attack_result(
	    move_mount(fd, "", AT_FDCWD, OK "/dir", MOVE_MOUNT_F_EMPTY_PATH));
}

static int by_detached_mount(void)
{
	int fd = open_tree(AT_FDCWD, "/tmp", OPEN_TREE_CLONE);

	if (fd < 0)
		return errno;
	return attack_result(openat(fd, "no/f", O_RDONLY));
}

static int by_chroot(void)
{
	return attack_result(chroot("/tmp"));
}

static int by_user_namespace(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return errno;
	return by_bind_mount();
}

static int by_mount_namespace(void)
{
	int fd = open("/proc/self/ns/mnt", O_RDONLY);

	return fd < 0 ? errno : attack_result(setns(fd, CLONE_NEWNS));
}

static int by_namespace_of_process(void)
{
	int fd = (int)syscall(SYS_pidfd_open, attack_bystander, 0);

	return fd < 0 ? 255 : attack_result(setns(fd, CLONE_NEWNS));
}

static int by_ptrace(void)
{
	return attack_result(
	    ptrace(PTRACE_SEIZE, attack_bystander, NULL, NULL));
}

static int by_process_memory(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", attack_bystander);
	return attack_open(path, O_RDWR);
}

static int by_writing_to_process(void)
{
	char byte = 0;
	struct iovec from = { &byte, 1 };
	struct iovec to = { &attack_bystander, 1 };

	return attack_result(
	    process_vm_writev(attack_bystander, &from, 1, &to, 1, 0));
}

static int by_descriptor_of_process(void)
{
	int fd = (int)syscall(SYS_pidfd_open, attack_bystander, 0);

	return fd < 0 ? 255 : attack_result(syscall(SYS_pidfd_getfd, fd, 2, 0));
}

static int by_killing(void)
{
	return attack_result(kill(attack_keeper, SIGKILL));
}

static int by_stopping(void)
{
	return attack_result(syscall(SYS_tkill, attack_keeper, SIGSTOP));
}

/* The write succeeds; the supervisor lives if the others come to run. */
static int by_signal_of_a_pipe(void)
{
	int fds[2];

	if (pipe(fds) < 0 || fcntl(fds[0], F_SETOWN, attack_keeper) < 0 ||
	    fcntl(fds[0], F_SETSIG, SIGKILL) < 0 ||
	    fcntl(fds[0], F_SETFL, O_ASYNC) < 0)
		return 255;
	return write(fds[1], "x", 1) == 1 ? 0 : 255;
}

static int by_processor_limit(void)
{
	struct rlimit limit = { 1, 1 };

	return attack_result(prlimit(attack_keeper, RLIMIT_CPU, &limit, NULL));
}

static int by_cgroup(void)
{
	return attack_open("/sys/fs/cgroup/cgroup.procs", O_WRONLY);
}

static int by_bpf(void)
{
	union bpf_attr attr = { .start_id = 0 };

	return attack_result(
	    syscall(SYS_bpf, BPF_MAP_GET_NEXT_ID, &attr, sizeof(attr)));
}

static int by_debugfs(void)
{
	return attack_open("/sys/kernel/debug/kprobes/enabled", O_WRONLY);
}

static int map_program(int prot)
{
	int fd = open(OK "/program", O_RDONLY);
	void *p;

	if (fd < 0)
		return 255;
	p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	return attack_result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int by_mapping(void)
{
	return map_program(PROT_READ | PROT_EXEC);
}

static int by_protecting(void)
{
	return map_program(PROT_READ);
}

static int execute(const char *path, const char *argument)
{
	char *argv[] = { (char *)path, (char *)argument, (char *)"no_such_test",
			 NULL };

	return attack_result(execv(path, argv));
}

static int by_executing(void)
{
	return execute(OK "/program", "no_such_test");
}

static int by_interpreter(void)
{
	return execute(SCRIPT, "x");
}

static int by_descriptor(void)
{
	char *argv[] = { (char *)"program", NULL };
	int fd = open(OK "/program", O_PATH);

	return fd < 0 ? 255
		      : attack_result(syscall(SYS_execveat, fd, "", argv,
					      environ, AT_EMPTY_PATH));
}

/* The program exits with 2, as the loader would not. */
static int by_loader(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(execute(LOADER, OK "/program") ? 255 : 254);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 255;
	return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? EACCES : 0;
}

static const struct attempt escapes[] = {
	{ "bind mount", by_bind_mount, EPERM },
	{ "new mount", by_new_mount, EPERM },
	{ "umount", by_unmount, EPERM },
	{ "moved mount", by_moved_mount, EPERM },
	{ "detached mount", by_detached_mount, EACCES, ATTEMPT_ANY },
	{ "chroot", by_chroot, EPERM },
	{ "user namespace", by_user_namespace, EPERM },
	{ "mount namespace", by_mount_namespace, EPERM },
	{ "mount namespace of a pidfd", by_namespace_of_process, EPERM },
	{ "ptrace", by_ptrace, EPERM },
	{ "/proc/PID/mem", by_process_memory, EACCES },
	{ "process_vm_writev", by_writing_to_process, EPERM },
	{ "pidfd_getfd", by_descriptor_of_process, EPERM },
	{ "SIGKILL", by_killing, EPERM },
	{ "SIGSTOP", by_stopping, EPERM },
	{ "SIGKILL by F_SETSIG", by_signal_of_a_pipe, 0 },
	{ "prlimit", by_processor_limit, EPERM },
	{ "cgroup.procs", by_cgroup, EPERM, ATTEMPT_ANY },
	{ "bpf", by_bpf, EPERM },
	{ "debugfs", by_debugfs, ATTEMPT_ANY },
};

static const struct attempt programs[] = {
	{ "mmap", by_mapping, EACCES },
	{ "mprotect", by_protecting, EACCES },
	{ "execve", by_executing, EACCES },
	{ "interpreter", by_interpreter, EACCES },
	{ "execveat", by_descriptor, EACCES },
	/* by a child */
	{ "loader", by_loader, EACCES, .records = ATTEMPT_ANY },
};

static void nobody_gets_out(void)
{
	attack_run(escapes, sizeof(escapes) / sizeof(escapes[0]));
}

static void other_ways_to_execute_are_refused(void)
{
	static struct kt_result result;

	attack_make_tree();
	kt_run(&result, "cp", "/tests/test_attack_escape", OK "/program");
	kt_check_int(result.status, 0);
	kt_write_file(SCRIPT, "#!" OK "/program\n");
	kt_expect_ok(chmod(SCRIPT, 0755));
	kt_expect_ok(chmod(OK "/program", 0755));
	kt_run(&result, LOADER, OK "/program", "no_such_test");
	kt_check_int(result.status, 2);
	attack_run(programs, sizeof(programs) / sizeof(programs[0]));
}

static const struct kt_test tests[] = {
	KT_TEST_FOR(nobody_gets_out, 60),
	KT_TEST_FOR(other_ways_to_execute_are_refused, 60),
};

KT_MAIN(tests)
