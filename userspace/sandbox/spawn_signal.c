// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/spawn.h"

static int send_signal(int pidfd, int signal)
{
	if (syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0)
		return -errno;
	return 0;
}

int attest_spawn_signal(const struct attest_child *child, int signal)
{
	if (!child->leader)
		return -ESRCH;
	return send_signal(child->pidfd, signal);
}

int attest_spawn_forward(const struct attest_child *child,
			 const struct signalfd_siginfo *info)
{
	int r;

	if (info->ssi_code == SI_KERNEL)
		return 0;
	r = attest_spawn_signal(child, (int)info->ssi_signo);
	return r == -ESRCH ? 0 : r;
}

void attest_spawn_kill(struct attest_child *child)
{
	if (!child->leader)
		return;
	/* A reaper has to kill the others before it ends. */
	if (child->life >= 0)
		(void)close(TAKE_FD(child->life));
	else
		(void)send_signal(attest_spawn_end_fd(child), SIGKILL);
}
