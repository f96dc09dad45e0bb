// SPDX-License-Identifier: Apache-2.0
/**
 * The supervisor on this machine's kernel: every refusal once, with the
 * policy's action.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "policy/node.h"
#include "sandbox/notify.h"

#define THREADS 8
#define CALLS 200

struct seen {
	size_t n, rule;
	struct attest_syscall_event last;
};

static const char profile_text[] =
    "defaultAction: SCMP_ACT_ALLOW\nsyscalls:\n"
    "- { names: [getpriority], action: SCMP_ACT_ERRNO, errnoRet: 13 }\n"
    "- { names: [sysinfo], action: SCMP_ACT_KILL_PROCESS }\n"
    "- { names: [times], action: SCMP_ACT_TRAP }\n"
    "- { names: [umask], action: SCMP_ACT_LOG }\n";

static void on_record(void *data, const struct attest_syscall_event *event,
		      size_t rule)
{
	struct seen *seen = data;

	seen->n++;
	seen->rule = rule;
	seen->last = *event;
}

static struct attest_seccomp_profile *read_profile(void)
{
	struct attest_seccomp_profile *profile = NULL;
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	struct attest_node *node = NULL;

	assert_int_equal(
	    attest_node_parse(&rd, profile_text, strlen(profile_text), &node),
	    0);
	assert_int_equal(attest_seccomp_from_node(&rd, node, &profile), 0);
	attest_node_free(&node);
	attest_reader_done(&rd);

	return profile;
}

static void send_fd(int channel, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = { 0 }, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(channel, &m, 0) != 1)
		_exit(90);
}

static int receive_fd(int channel)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	int fd = -1;

	assert_int_equal(recvmsg(channel, &m, MSG_CMSG_CLOEXEC), 1);
	assert_non_null(CMSG_FIRSTHDR(&m));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));

	return fd;
}

static pid_t start(const struct attest_seccomp_profile *profile,
		   int (*program)(void), int *ret_fd)
{
	struct attest_seccomp_options options = { .notify = true };
	_cleanup_filter_ struct attest_seccomp_filter filter = { 0 };
	struct attest_diag diag = { 0 };
	int channel[2], fd;
	pid_t pid;

	assert_int_equal(
	    attest_seccomp_compile(profile, &options, &filter, NULL, &diag), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, channel), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(channel[0]);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* cmocka has a handler. */
		(void)signal(SIGSYS, SIG_DFL);
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		fd = attest_seccomp_install(&filter);
		if (fd < 0)
			_exit(91);
		send_fd(channel[1], fd);
		(void)close(fd);
		(void)close(channel[1]);
		_exit(program());
	}
	(void)close(channel[1]);
	*ret_fd = receive_fd(channel[0]);
	(void)close(channel[0]);

	return pid;
}

/* Supervises program to its end; its status as of waitpid(2). */
static int supervise(int (*program)(void), struct seen *seen)
{
	struct attest_seccomp_profile *profile = read_profile();
	struct attest_notify_options o = { .profile = profile,
					   .record = on_record,
					   .data = seen };
	struct attest_notify *notify = NULL;
	struct attest_diag diag = { 0 };
	int fd, status;
	pid_t pid = start(profile, program, &fd);

	assert_int_equal(attest_notify_new(fd, &o, &notify, &diag), 0);
	for (int r = 0; r >= 0;) {
		struct pollfd p = { .fd = attest_notify_fd(notify),
				    .events = POLLIN };

		(void)poll(&p, 1, attest_notify_timeout_ms(notify));
		r = attest_notify_dispatch(notify);
		if (r < 0)
			assert_int_equal(r, -ESRCH);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	attest_notify_free(&notify);
	attest_seccomp_free(&profile);

	return status;
}

static void ignore(int signal)
{
	(void)signal;
}

static void *refused(void *failed)
{
	long r;

	for (int i = 0; i < CALLS; i++) {
		do {
			r = syscall(SYS_getpriority, 0, i);
		} while (r == -1 && errno == EINTR);
		if (r != -1 || errno != 13)
			__atomic_add_fetch((int *)failed, 1, __ATOMIC_SEQ_CST);
	}

	return NULL;
}

/* Signals without SA_RESTART rain on all threads meanwhile. */
static int eight_threads(void)
{
	struct itimerval every = { { 0, 500 }, { 0, 500 } };
	struct sigaction action = { .sa_handler = ignore };
	pthread_t threads[THREADS];
	int failed = 0;

	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &every, NULL);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, refused, &failed) != 0)
			return 80;
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);

	return failed ? 81 : 0;
}

static void every_refusal_of_eight_threads_is_recorded_once(void **state)
{
	struct seen seen = { 0 };
	int status = supervise(eight_threads, &seen);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(seen.n, THREADS * CALLS);
	assert_int_equal(seen.rule, 1);
	assert_int_equal(seen.last.hdr.syscall, SYS_getpriority);
	assert_int_equal(seen.last.hdr.seq, THREADS * CALLS);
	assert_int_equal(seen.last.hdr.verdict, ATTEST_VERDICT_DENY);
	assert_int_equal(seen.last.seccomp_action, SECCOMP_RET_ERRNO | 13);
	assert_true(seen.last.hdr.tgid != seen.last.hdr.tid);
}

static int killed(void)
{
	(void)syscall(SYS_sysinfo, 0);

	return 82;
}

static void kill_ends_the_process_by_sigsys(void **state)
{
	struct seen seen = { 0 };
	int status = supervise(killed, &seen);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.last.hdr.verdict, ATTEST_VERDICT_KILL);
	assert_int_equal(seen.last.signal, SIGSYS);
	assert_int_equal(seen.rule, 2);
}

static int killed_with_handler(void)
{
	struct sigaction action = { .sa_handler = ignore };

	(void)sigaction(SIGSYS, &action, NULL);

	return killed();
}

static void kill_is_not_to_be_handled(void **state)
{
	struct seen seen = { 0 };
	int status = supervise(killed_with_handler, &seen);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(seen.n, 1);
}

static volatile int trapped_call;

static void on_trap(int signal, siginfo_t *info, void *context)
{
	(void)context;
	if (signal == SIGSYS)
		trapped_call = info->si_syscall;
}

static int trapped(void)
{
	struct sigaction action = { .sa_sigaction = on_trap,
				    .sa_flags = SA_SIGINFO };

	(void)sigaction(SIGSYS, &action, NULL);
	(void)syscall(SYS_times, 0);

	return trapped_call == SYS_times ? 0 : 83;
}

static void trap_tells_the_handler_which_call_it_was(void **state)
{
	struct seen seen = { 0 };
	int status = supervise(trapped, &seen);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(seen.n, 1);
}

static int traced(void)
{
	(void)umask(022);

	return umask(022) == 022 ? 0 : 84;
}

static void traced_calls_are_made_and_recorded(void **state)
{
	struct seen seen = { 0 };
	int status = supervise(traced, &seen);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.last.hdr.verdict, ATTEST_VERDICT_TRACE);
}

static int refused_or_enosys(void)
{
	char byte;

	/* Waits for the supervisor's end. */
	if (read(STDIN_FILENO, &byte, 1) != 1)
		return 86;

	return syscall(SYS_getpriority, 0, 0) == -1 && errno == ENOSYS ? 0 : 85;
}

static void without_supervisor_the_answer_is_enosys(void **state)
{
	struct attest_seccomp_profile *profile = read_profile();
	int hold[2], saved = dup(STDIN_FILENO), fd, status;
	pid_t pid;

	assert_int_equal(pipe(hold), 0);
	assert_true(dup2(hold[0], STDIN_FILENO) >= 0);
	pid = start(profile, refused_or_enosys, &fd);
	(void)dup2(saved, STDIN_FILENO);
	(void)close(saved);
	(void)close(fd);
	assert_int_equal(write(hold[1], "x", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	(void)close(hold[0]);
	(void)close(hold[1]);
	attest_seccomp_free(&profile);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_refusal_of_eight_threads_is_recorded_once),
		cmocka_unit_test(kill_ends_the_process_by_sigsys),
		cmocka_unit_test(kill_is_not_to_be_handled),
		cmocka_unit_test(trap_tells_the_handler_which_call_it_was),
		cmocka_unit_test(traced_calls_are_made_and_recorded),
		cmocka_unit_test(without_supervisor_the_answer_is_enosys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
