// SPDX-License-Identifier: Apache-2.0
/* Pid 1 of a container. It is the same program as the supervisor, so it keeps
 * nothing open, has no capability and cannot be traced by what it reaps. When
 * it ends, the kernel ends all that is left in the container.
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/namespaces.h"
#include "sandbox/rootfs.h"
#include "sandbox/spawn_child.h"

#define EXIT_FAILED 126

/* The caller may have changed its user and so be hidden from itself in /proc,
 * where ids are mapped; then so is its child, until it says otherwise.
 */
static int await_ids(int channel)
{
	char byte = ATTEST_CHANNEL_MAP;
	ssize_t n;

	if (prctl(PR_SET_DUMPABLE, 1) < 0 ||
	    send(channel, &byte, 1, MSG_NOSIGNAL) != 1)
		return -errno;
	do
		n = recv(channel, &byte, 1, 0);
	while (n < 0 && errno == EINTR);
	return n == 1 ? 0 : -EPIPE;
}

static int build(const struct attest_spawn_options *o,
		 struct attest_spawn_shared *shared)
{
	const struct attest_container *c = o->container;
	int r = 0;

	if (c->own_network)
		r = attest_ns_loopback_up();
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_LOOPBACK, r, NULL);
	if (sethostname(c->name, strlen(c->name)) < 0)
		return attest_child_fail(shared, ATTEST_STEP_HOST_NAME, -errno,
					 c->name);
	/* The caller's keys are not the command's. ENOSYS: no keys at all. */
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 &&
	    errno != ENOSYS)
		return attest_child_fail(shared, ATTEST_STEP_SESSION, -errno,
					 "keyring");
	r = c->is_strict ? attest_ns_forbid_more() : 0;
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_FORBID_NAMESPACES,
					 r, NULL);
	if (attest_rootfs_enter(c, shared) < 0)
		return -1;
	if (o->landlock_fd >= 0 && o->landlock_plan)
		r = attest_rootfs_grant(c, o->landlock_plan, o->landlock_abi,
					o->landlock_fd);
	if (r < 0)
		return attest_child_fail(shared, ATTEST_STEP_LANDLOCK, r, NULL);
	return 0;
}

static _Noreturn void reap(struct attest_spawn_shared *shared, pid_t command)
{
	for (;;) {
		siginfo_t info = { 0 };

		if (waitid(P_ALL, 0, &info, WEXITED) < 0) {
			if (errno == EINTR)
				continue;
			_exit(EXIT_FAILED);
		}
		if (info.si_pid != command)
			continue;
		shared->end_code = info.si_code;
		shared->end_status = info.si_status;
		atomic_store(&shared->has_ended, 1);
		_exit(0);
	}
}

_Noreturn void attest_init_run(const struct attest_spawn_options *options,
			       struct attest_spawn_shared *shared, int channel,
			       const char **script)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	/* The parent maps ids only if it lives; its end ends the channel. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || await_ids(channel) < 0)
		_exit(EXIT_FAILED);
	if (build(options, shared) < 0)
		_exit(EXIT_FAILED);
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		attest_child_run(options, shared, channel, script);
	if (pid < 0 || attest_caps_drop() < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    attest_channel_send_fd(channel, ATTEST_CHANNEL_PIDFD, pidfd) < 0 ||
	    syscall(SYS_close_range, 0, ~0U, 0) < 0) {
		(void)attest_child_fail(shared, ATTEST_STEP_INIT, -errno, NULL);
		_exit(EXIT_FAILED);
	}
	reap(shared, pid);
}
