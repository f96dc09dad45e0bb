// SPDX-License-Identifier: Apache-2.0
/**
 * This machine, and the way into its kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/seccomp.h"

/* By number, from 0: linux/capability.h. */
static const char *const cap_names[] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",
	"CAP_NET_ADMIN",
	"CAP_NET_RAW",
	"CAP_IPC_LOCK",
	"CAP_IPC_OWNER",
	"CAP_SYS_MODULE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_PACCT",
	"CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",
	"CAP_SYS_NICE",
	"CAP_SYS_RESOURCE",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_MKNOD",
	"CAP_LEASE",
	"CAP_AUDIT_WRITE",
	"CAP_AUDIT_CONTROL",
	"CAP_SETFCAP",
	"CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN",
	"CAP_SYSLOG",
	"CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ",
	"CAP_PERFMON",
	"CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};
_Static_assert(ARRAY_SIZE(cap_names) <= 64, "attest_seccomp_here.caps");

void attest_seccomp_here(struct attest_seccomp_here *here)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	here->where.n_caps = 0;
	here->where.caps = here->caps;
	for (size_t i = 0; i < ARRAY_SIZE(cap_names); i++)
		if (prctl(PR_CAPBSET_READ, i) == 1)
			here->caps[here->where.n_caps++] = (char *)cap_names[i];
	if (uname(&name) == 0)
		(void)sscanf(name.release, "%u.%u", &major, &minor);
	here->where.kernel = major << 8 | (minor & 0xff);
#if defined(__x86_64__)
	here->where.arch = "amd64";
#elif defined(__aarch64__)
	here->where.arch = "arm64";
#else
#error "no seccomp filters for this architecture"
#endif
}

void attest_seccomp_filter_done(struct attest_seccomp_filter *filter)
{
	if (!filter->borrowed)
		free(filter->prog.filter);
	filter->prog.filter = NULL;
	filter->prog.len = 0;
}

int attest_seccomp_install(const struct attest_seccomp_filter *filter)
{
	long r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter->flags,
			 &filter->prog);

	return r < 0 ? -errno : (int)r;
}
