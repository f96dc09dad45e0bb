// SPDX-License-Identifier: Apache-2.0
#include "event/syscall_flags.h"

#include <asm/prctl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

struct word {
	const char *name;
	uint64_t value;
};

#define W(name)                                                                \
	{                                                                      \
#name, (uint32_t)(name)                                        \
	}

/* clang-format off */
static const struct word flags_o[] = {
	W(O_APPEND), W(O_CREAT), W(O_EXCL), W(O_TRUNC), W(O_NOCTTY), W(O_NONBLOCK),
	W(O_DSYNC), W(O_DIRECT), { "O_LARGEFILE", 0100000 }, W(O_DIRECTORY),
	W(O_NOFOLLOW), W(O_NOATIME), W(O_CLOEXEC), W(O_PATH),
};
static const struct word flags_a[] = {
	W(R_OK), W(W_OK), W(X_OK),
};
static const struct word flags_t[] = {
	W(AT_SYMLINK_NOFOLLOW), W(AT_REMOVEDIR), W(AT_SYMLINK_FOLLOW),
	W(AT_NO_AUTOMOUNT), W(AT_EMPTY_PATH),
};
static const struct word flags_up[] = {
	W(PROT_READ), W(PROT_WRITE), W(PROT_EXEC), W(PROT_GROWSDOWN),
	W(PROT_GROWSUP),
};
static const struct word flags_um[] = {
	W(MAP_SHARED), W(MAP_PRIVATE), W(MAP_FIXED), W(MAP_ANONYMOUS),
	W(MAP_32BIT), W(MAP_GROWSDOWN), W(MAP_DENYWRITE), W(MAP_EXECUTABLE),
	W(MAP_LOCKED), W(MAP_NORESERVE), W(MAP_POPULATE), W(MAP_NONBLOCK),
	W(MAP_STACK), W(MAP_HUGETLB), W(MAP_SYNC), W(MAP_FIXED_NOREPLACE),
};
static const struct word flags_c[] = {
	W(CLONE_VM), W(CLONE_FS), W(CLONE_FILES), W(CLONE_SIGHAND), W(CLONE_PIDFD),
	W(CLONE_PTRACE), W(CLONE_VFORK), W(CLONE_PARENT), W(CLONE_THREAD),
	W(CLONE_NEWNS), W(CLONE_SYSVSEM), W(CLONE_SETTLS), W(CLONE_PARENT_SETTID),
	W(CLONE_CHILD_CLEARTID), W(CLONE_UNTRACED), W(CLONE_CHILD_SETTID),
	W(CLONE_NEWCGROUP), W(CLONE_NEWUTS), W(CLONE_NEWIPC), W(CLONE_NEWUSER),
	W(CLONE_NEWPID), W(CLONE_NEWNET), W(CLONE_IO),
};
static const struct word flags_uw[] = {
	W(WNOHANG), W(WUNTRACED), W(WEXITED), W(WCONTINUED), W(WNOWAIT),
	W(__WNOTHREAD), W(__WALL), W(__WCLONE),
};
static const struct word flags_g[] = {
	W(MSG_OOB), W(MSG_PEEK), W(MSG_DONTROUTE), W(MSG_CTRUNC), W(MSG_TRUNC),
	W(MSG_DONTWAIT), W(MSG_EOR), W(MSG_WAITALL), W(MSG_CONFIRM),
	W(MSG_ERRQUEUE), W(MSG_NOSIGNAL), W(MSG_MORE), W(MSG_WAITFORONE),
	W(MSG_FASTOPEN), W(MSG_CMSG_CLOEXEC),
};
static const struct word flags_uy[] = {
	W(MS_RDONLY), W(MS_NOSUID), W(MS_NODEV), W(MS_NOEXEC), W(MS_SYNCHRONOUS),
	W(MS_REMOUNT), W(MS_MANDLOCK), W(MS_DIRSYNC), W(MS_NOATIME),
	W(MS_NODIRATIME), W(MS_BIND), W(MS_MOVE), W(MS_REC), W(MS_SILENT),
	W(MS_UNBINDABLE), W(MS_PRIVATE), W(MS_SLAVE), W(MS_SHARED), W(MS_RELATIME),
	W(MS_STRICTATIME),
};
static const struct word flags_ul[] = {
	W(LOCK_SH), W(LOCK_EX), W(LOCK_UN), W(LOCK_NB),
};
static const struct word flags_uj[] = {
	W(RENAME_NOREPLACE), W(RENAME_EXCHANGE), W(RENAME_WHITEOUT),
};
static const struct word flags_ug[] = {
	W(GRND_NONBLOCK), W(GRND_RANDOM), W(GRND_INSECURE),
};
static const struct word flags_e[] = {
	W(O_NONBLOCK), W(O_DIRECT), W(O_CLOEXEC),
};
static const struct word flags_ue[] = {
	W(EPOLL_CLOEXEC),
};
static const struct word flags_uq[] = {
	W(EFD_SEMAPHORE), W(EFD_CLOEXEC), W(EFD_NONBLOCK),
};
static const struct word flags_ux[] = {
	W(IN_CLOEXEC), W(IN_NONBLOCK),
};
static const struct word flags_uz[] = {
	W(SFD_CLOEXEC), W(SFD_NONBLOCK),
};
static const struct word flags_uo[] = {
	W(SOCK_CLOEXEC), W(SOCK_NONBLOCK),
};
static const struct word flags_h[] = {
	W(MFD_CLOEXEC), W(MFD_ALLOW_SEALING), W(MFD_HUGETLB),
};
static const struct word flags_un[] = {
	W(CLONE_NEWNS), W(CLONE_NEWCGROUP), W(CLONE_NEWUTS), W(CLONE_NEWIPC),
	W(CLONE_NEWUSER), W(CLONE_NEWPID), W(CLONE_NEWNET),
};
static const struct word values_y[] = {
	W(POSIX_FADV_NORMAL), W(POSIX_FADV_RANDOM), W(POSIX_FADV_SEQUENTIAL),
	W(POSIX_FADV_WILLNEED), W(POSIX_FADV_DONTNEED), W(POSIX_FADV_NOREUSE),
};
static const struct word values_w[] = {
	W(SEEK_SET), W(SEEK_CUR), W(SEEK_END), W(SEEK_DATA), W(SEEK_HOLE),
};
static const struct word values_ud[] = {
	W(AF_UNSPEC), W(AF_UNIX), W(AF_INET), W(AF_AX25), W(AF_INET6), W(AF_KEY),
	W(AF_NETLINK), W(AF_PACKET), W(AF_RDS), W(AF_CAN), W(AF_TIPC),
	W(AF_BLUETOOTH), W(AF_ALG), W(AF_VSOCK), W(AF_XDP),
};
static const struct word values_us[] = {
	W(SIGHUP), W(SIGINT), W(SIGQUIT), W(SIGILL), W(SIGTRAP), W(SIGABRT),
	W(SIGBUS), W(SIGFPE), W(SIGKILL), W(SIGUSR1), W(SIGSEGV), W(SIGUSR2),
	W(SIGPIPE), W(SIGALRM), W(SIGTERM), W(SIGSTKFLT), W(SIGCHLD), W(SIGCONT),
	W(SIGSTOP), W(SIGTSTP), W(SIGTTIN), W(SIGTTOU), W(SIGURG), W(SIGXCPU),
	W(SIGXFSZ), W(SIGVTALRM), W(SIGPROF), W(SIGWINCH), W(SIGIO), W(SIGPWR),
	W(SIGSYS),
};
static const struct word values_uc[] = {
	W(F_DUPFD), W(F_GETFD), W(F_SETFD), W(F_GETFL), W(F_SETFL), W(F_GETLK),
	W(F_SETLK), W(F_SETLKW), W(F_SETOWN), W(F_GETOWN), W(F_SETSIG),
	W(F_GETSIG), W(F_SETLEASE), W(F_GETLEASE), W(F_NOTIFY), W(F_DUPFD_CLOEXEC),
	W(F_SETPIPE_SZ), W(F_GETPIPE_SZ), W(F_ADD_SEALS), W(F_GET_SEALS),
	W(F_OFD_GETLK), W(F_OFD_SETLK), W(F_OFD_SETLKW),
};
static const struct word values_ui[] = {
	W(TCGETS), W(TCSETS), W(TCSETSW), W(TCSETSF), W(TIOCGWINSZ), W(TIOCSWINSZ),
	W(TIOCGPGRP), W(TIOCSPGRP), W(TIOCSTI), W(TIOCLINUX), W(TIOCSCTTY),
	W(TIOCNOTTY), W(FIONREAD), W(FIONBIO), W(FIOCLEX), W(FIONCLEX),
	W(TIOCGPTN), W(TIOCSPTLCK),
};
static const struct word values_n[] = {
	W(FUTEX_WAIT), W(FUTEX_WAKE), W(FUTEX_REQUEUE), W(FUTEX_CMP_REQUEUE),
	W(FUTEX_WAKE_OP), W(FUTEX_LOCK_PI), W(FUTEX_UNLOCK_PI),
	W(FUTEX_WAIT_BITSET), W(FUTEX_WAKE_BITSET), W(FUTEX_WAIT_PRIVATE),
	W(FUTEX_WAKE_PRIVATE), W(FUTEX_REQUEUE_PRIVATE),
	W(FUTEX_CMP_REQUEUE_PRIVATE), W(FUTEX_WAIT_BITSET_PRIVATE),
	W(FUTEX_WAKE_BITSET_PRIVATE),
};
static const struct word values_v[] = {
	W(MADV_NORMAL), W(MADV_RANDOM), W(MADV_SEQUENTIAL), W(MADV_WILLNEED),
	W(MADV_DONTNEED), W(MADV_FREE), W(MADV_REMOVE), W(MADV_DONTFORK),
	W(MADV_DOFORK), W(MADV_HUGEPAGE), W(MADV_NOHUGEPAGE), W(MADV_DONTDUMP),
	W(MADV_DODUMP), W(MADV_COLD), W(MADV_PAGEOUT),
};
static const struct word values_r[] = {
	W(RLIMIT_CPU), W(RLIMIT_FSIZE), W(RLIMIT_DATA), W(RLIMIT_STACK),
	W(RLIMIT_CORE), W(RLIMIT_RSS), W(RLIMIT_NPROC), W(RLIMIT_NOFILE),
	W(RLIMIT_MEMLOCK), W(RLIMIT_AS), W(RLIMIT_LOCKS), W(RLIMIT_SIGPENDING),
	W(RLIMIT_MSGQUEUE), W(RLIMIT_NICE), W(RLIMIT_RTPRIO), W(RLIMIT_RTTIME),
};
static const struct word values_q[] = {
	W(PR_SET_PDEATHSIG), W(PR_GET_PDEATHSIG), W(PR_GET_DUMPABLE),
	W(PR_SET_DUMPABLE), W(PR_GET_KEEPCAPS), W(PR_SET_KEEPCAPS), W(PR_SET_NAME),
	W(PR_GET_NAME), W(PR_GET_SECCOMP), W(PR_SET_SECCOMP), W(PR_CAPBSET_READ),
	W(PR_CAPBSET_DROP), W(PR_SET_SECUREBITS), W(PR_GET_SECUREBITS),
	W(PR_SET_MM), W(PR_SET_NO_NEW_PRIVS), W(PR_GET_NO_NEW_PRIVS),
	W(PR_SET_CHILD_SUBREAPER), W(PR_CAP_AMBIENT), W(PR_SET_PTRACER),
	W(PR_SET_VMA),
};
static const struct word values_b[] = {
	W(BPF_MAP_CREATE), W(BPF_MAP_LOOKUP_ELEM), W(BPF_MAP_UPDATE_ELEM),
	W(BPF_MAP_DELETE_ELEM), W(BPF_MAP_GET_NEXT_KEY), W(BPF_PROG_LOAD),
	W(BPF_OBJ_PIN), W(BPF_OBJ_GET), W(BPF_PROG_ATTACH), W(BPF_PROG_DETACH),
	W(BPF_BTF_LOAD), W(BPF_LINK_CREATE),
};
static const struct word values_uk[] = {
	W(PTRACE_TRACEME), W(PTRACE_PEEKTEXT), W(PTRACE_PEEKDATA),
	W(PTRACE_POKETEXT), W(PTRACE_POKEDATA), W(PTRACE_CONT), W(PTRACE_KILL),
	W(PTRACE_GETREGS), W(PTRACE_SETREGS), W(PTRACE_ATTACH), W(PTRACE_DETACH),
	W(PTRACE_SYSCALL), W(PTRACE_SETOPTIONS), W(PTRACE_GETREGSET),
	W(PTRACE_SETREGSET), W(PTRACE_SEIZE), W(PTRACE_INTERRUPT),
};
static const struct word values_ur[] = {
	W(ARCH_SET_GS), W(ARCH_SET_FS), W(ARCH_GET_FS), W(ARCH_GET_GS),
};
static const struct word values_uh[] = {
	W(SIG_BLOCK), W(SIG_UNBLOCK), W(SIG_SETMASK),
};
static const struct word values_j[] = {
	W(EPOLL_CTL_ADD), W(EPOLL_CTL_DEL), W(EPOLL_CTL_MOD),
};
static const struct word values_ut[] = {
	W(SOCK_STREAM), W(SOCK_DGRAM), W(SOCK_RAW), W(SOCK_SEQPACKET),
};

static const struct set {
	char letter;
	const char *zero;
	const struct word *words;
	size_t n;
} flag_sets[] = {
	{ 'o', "O_RDONLY", flags_o, ARRAY_SIZE(flags_o) },
	{ 'a', "F_OK", flags_a, ARRAY_SIZE(flags_a) },
	{ 't', NULL, flags_t, ARRAY_SIZE(flags_t) },
	{ 'P', "PROT_NONE", flags_up, ARRAY_SIZE(flags_up) },
	{ 'M', NULL, flags_um, ARRAY_SIZE(flags_um) },
	{ 'c', NULL, flags_c, ARRAY_SIZE(flags_c) },
	{ 'W', NULL, flags_uw, ARRAY_SIZE(flags_uw) },
	{ 'g', NULL, flags_g, ARRAY_SIZE(flags_g) },
	{ 'Y', NULL, flags_uy, ARRAY_SIZE(flags_uy) },
	{ 'L', NULL, flags_ul, ARRAY_SIZE(flags_ul) },
	{ 'J', NULL, flags_uj, ARRAY_SIZE(flags_uj) },
	{ 'G', NULL, flags_ug, ARRAY_SIZE(flags_ug) },
	{ 'e', NULL, flags_e, ARRAY_SIZE(flags_e) },
	{ 'E', NULL, flags_ue, ARRAY_SIZE(flags_ue) },
	{ 'Q', NULL, flags_uq, ARRAY_SIZE(flags_uq) },
	{ 'X', NULL, flags_ux, ARRAY_SIZE(flags_ux) },
	{ 'Z', NULL, flags_uz, ARRAY_SIZE(flags_uz) },
	{ 'O', NULL, flags_uo, ARRAY_SIZE(flags_uo) },
	{ 'h', NULL, flags_h, ARRAY_SIZE(flags_h) },
	{ 'N', NULL, flags_un, ARRAY_SIZE(flags_un) },
}, value_sets[] = {
	{ 'y', NULL, values_y, ARRAY_SIZE(values_y) },
	{ 'w', NULL, values_w, ARRAY_SIZE(values_w) },
	{ 'D', NULL, values_ud, ARRAY_SIZE(values_ud) },
	{ 'S', NULL, values_us, ARRAY_SIZE(values_us) },
	{ 'C', NULL, values_uc, ARRAY_SIZE(values_uc) },
	{ 'I', NULL, values_ui, ARRAY_SIZE(values_ui) },
	{ 'n', NULL, values_n, ARRAY_SIZE(values_n) },
	{ 'v', NULL, values_v, ARRAY_SIZE(values_v) },
	{ 'r', NULL, values_r, ARRAY_SIZE(values_r) },
	{ 'q', NULL, values_q, ARRAY_SIZE(values_q) },
	{ 'b', NULL, values_b, ARRAY_SIZE(values_b) },
	{ 'K', NULL, values_uk, ARRAY_SIZE(values_uk) },
	{ 'R', NULL, values_ur, ARRAY_SIZE(values_ur) },
	{ 'H', NULL, values_uh, ARRAY_SIZE(values_uh) },
	{ 'j', NULL, values_j, ARRAY_SIZE(values_j) },
	{ 'T', NULL, values_ut, ARRAY_SIZE(values_ut) },
};
/* clang-format on */

static const struct set *find(const struct set *sets, size_t n, char letter)
{
	for (size_t i = 0; i < n; i++)
		if (sets[i].letter == letter)
			return &sets[i];

	return NULL;
}

int attest_flags_has(char letter)
{
	return find(flag_sets, ARRAY_SIZE(flag_sets), letter) != NULL;
}

int attest_value_has(char letter)
{
	return find(value_sets, ARRAY_SIZE(value_sets), letter) != NULL;
}

void attest_flags_put(struct attest_str *out, char letter, uint64_t value)
{
	const struct set *set = find(flag_sets, ARRAY_SIZE(flag_sets), letter);
	const char *sign = "";

	if (!value) {
		attest_str_puts(out, set && set->zero ? set->zero : "0");
		return;
	}
	for (size_t i = 0; set && i < set->n; i++) {
		uint64_t bits = set->words[i].value;

		if (!bits || (value & bits) != bits)
			continue;
		attest_str_printf(out, "%s%s", sign, set->words[i].name);
		value &= ~bits;
		sign = "|";
	}
	if (value)
		attest_str_printf(out, "%s0x%" PRIx64, sign, value);
}

void attest_value_put(struct attest_str *out, char letter, uint64_t value)
{
	const struct set *set =
	    find(value_sets, ARRAY_SIZE(value_sets), letter);

	for (size_t i = 0; set && i < set->n; i++)
		if (set->words[i].value == (uint32_t)value) {
			attest_str_puts(out, set->words[i].name);
			return;
		}
	attest_str_printf(out, "%#" PRIx64, (uint64_t)(uint32_t)value);
}
