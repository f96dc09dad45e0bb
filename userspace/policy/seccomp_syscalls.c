// SPDX-License-Identifier: Apache-2.0
/**
 * Every system call of every architecture that libseccomp 2.5 knows, and
 * those that Linux has got since.
 */
#include <string.h>

#include "base/nearest.h"
#include "policy/seccomp_names.h"

/* Sorted, each with its NUL; an empty name ends the list. */
/* clang-format off */
static const char syscalls[] =
	"_llseek\0_newselect\0_sysctl\0accept\0accept4\0access\0acct\0"
	"add_key\0adjtimex\0afs_syscall\0alarm\0arch_prctl\0"
	"arm_fadvise64_64\0arm_sync_file_range\0bdflush\0bind\0bpf\0break\0"
	"breakpoint\0brk\0cachectl\0cacheflush\0cachestat\0capget\0capset\0"
	"chdir\0chmod\0chown\0chown32\0chroot\0clock_adjtime\0"
	"clock_adjtime64\0clock_getres\0clock_getres_time64\0"
	"clock_gettime\0clock_gettime64\0clock_nanosleep\0"
	"clock_nanosleep_time64\0clock_settime\0clock_settime64\0clone\0"
	"clone3\0close\0close_range\0connect\0copy_file_range\0creat\0"
	"create_module\0delete_module\0dup\0dup2\0dup3\0epoll_create\0"
	"epoll_create1\0epoll_ctl\0epoll_ctl_old\0epoll_pwait\0"
	"epoll_pwait2\0epoll_wait\0epoll_wait_old\0eventfd\0eventfd2\0"
	"execve\0execveat\0exit\0exit_group\0faccessat\0faccessat2\0"
	"fadvise64\0fadvise64_64\0fallocate\0fanotify_init\0fanotify_mark\0"
	"fchdir\0fchmod\0fchmodat\0fchmodat2\0fchown\0fchown32\0fchownat\0"
	"fcntl\0fcntl64\0fdatasync\0fgetxattr\0file_getattr\0file_setattr\0"
	"finit_module\0flistxattr\0flock\0fork\0fremovexattr\0fsconfig\0"
	"fsetxattr\0fsmount\0fsopen\0fspick\0fstat\0fstat64\0fstatat64\0"
	"fstatfs\0fstatfs64\0fsync\0ftime\0ftruncate\0ftruncate64\0futex\0"
	"futex_requeue\0futex_time64\0futex_wait\0futex_waitv\0futex_wake\0"
	"futimesat\0get_kernel_syms\0get_mempolicy\0get_robust_list\0"
	"get_thread_area\0get_tls\0getcpu\0getcwd\0getdents\0getdents64\0"
	"getegid\0getegid32\0geteuid\0geteuid32\0getgid\0getgid32\0"
	"getgroups\0getgroups32\0getitimer\0getpeername\0getpgid\0getpgrp\0"
	"getpid\0getpmsg\0getppid\0getpriority\0getrandom\0getresgid\0"
	"getresgid32\0getresuid\0getresuid32\0getrlimit\0getrusage\0"
	"getsid\0getsockname\0getsockopt\0gettid\0gettimeofday\0getuid\0"
	"getuid32\0getxattr\0getxattrat\0gtty\0idle\0init_module\0"
	"inotify_add_watch\0inotify_init\0inotify_init1\0inotify_rm_watch\0"
	"io_cancel\0io_destroy\0io_getevents\0io_pgetevents\0"
	"io_pgetevents_time64\0io_setup\0io_submit\0io_uring_enter\0"
	"io_uring_register\0io_uring_setup\0ioctl\0ioperm\0iopl\0"
	"ioprio_get\0ioprio_set\0ipc\0kcmp\0kexec_file_load\0kexec_load\0"
	"keyctl\0kill\0landlock_add_rule\0landlock_create_ruleset\0"
	"landlock_restrict_self\0lchown\0lchown32\0lgetxattr\0link\0"
	"linkat\0listen\0listmount\0listns\0listxattr\0listxattrat\0"
	"llistxattr\0lock\0lookup_dcookie\0lremovexattr\0lseek\0lsetxattr\0"
	"lsm_get_self_attr\0lsm_list_modules\0lsm_set_self_attr\0lstat\0"
	"lstat64\0madvise\0map_shadow_stack\0mbind\0membarrier\0"
	"memfd_create\0memfd_secret\0migrate_pages\0mincore\0mkdir\0"
	"mkdirat\0mknod\0mknodat\0mlock\0mlock2\0mlockall\0mmap\0mmap2\0"
	"modify_ldt\0mount\0mount_setattr\0move_mount\0move_pages\0"
	"mprotect\0mpx\0mq_getsetattr\0mq_notify\0mq_open\0"
	"mq_timedreceive\0mq_timedreceive_time64\0mq_timedsend\0"
	"mq_timedsend_time64\0mq_unlink\0mremap\0mseal\0msgctl\0msgget\0"
	"msgrcv\0msgsnd\0msync\0multiplexer\0munlock\0munlockall\0munmap\0"
	"name_to_handle_at\0nanosleep\0newfstatat\0nfsservctl\0nice\0"
	"oldfstat\0oldlstat\0oldolduname\0oldstat\0olduname\0open\0"
	"open_by_handle_at\0open_tree\0open_tree_attr\0openat\0openat2\0"
	"pause\0pciconfig_iobase\0pciconfig_read\0pciconfig_write\0"
	"perf_event_open\0personality\0pidfd_getfd\0pidfd_open\0"
	"pidfd_send_signal\0pipe\0pipe2\0pivot_root\0pkey_alloc\0"
	"pkey_free\0pkey_mprotect\0poll\0ppoll\0ppoll_time64\0prctl\0"
	"pread64\0preadv\0preadv2\0prlimit64\0process_madvise\0"
	"process_mrelease\0process_vm_readv\0process_vm_writev\0prof\0"
	"profil\0pselect6\0pselect6_time64\0ptrace\0putpmsg\0pwrite64\0"
	"pwritev\0pwritev2\0query_module\0quotactl\0quotactl_fd\0read\0"
	"readahead\0readdir\0readlink\0readlinkat\0readv\0reboot\0recv\0"
	"recvfrom\0recvmmsg\0recvmmsg_time64\0recvmsg\0remap_file_pages\0"
	"removexattr\0removexattrat\0rename\0renameat\0renameat2\0"
	"request_key\0restart_syscall\0riscv_flush_icache\0riscv_hwprobe\0"
	"rmdir\0rseq\0rt_sigaction\0rt_sigpending\0rt_sigprocmask\0"
	"rt_sigqueueinfo\0rt_sigreturn\0rt_sigsuspend\0rt_sigtimedwait\0"
	"rt_sigtimedwait_time64\0rt_tgsigqueueinfo\0rtas\0"
	"s390_guarded_storage\0s390_pci_mmio_read\0s390_pci_mmio_write\0"
	"s390_runtime_instr\0s390_sthyi\0sched_get_priority_max\0"
	"sched_get_priority_min\0sched_getaffinity\0sched_getattr\0"
	"sched_getparam\0sched_getscheduler\0sched_rr_get_interval\0"
	"sched_rr_get_interval_time64\0sched_setaffinity\0sched_setattr\0"
	"sched_setparam\0sched_setscheduler\0sched_yield\0seccomp\0"
	"security\0select\0semctl\0semget\0semop\0semtimedop\0"
	"semtimedop_time64\0send\0sendfile\0sendfile64\0sendmmsg\0sendmsg\0"
	"sendto\0set_mempolicy\0set_mempolicy_home_node\0set_robust_list\0"
	"set_thread_area\0set_tid_address\0set_tls\0setdomainname\0"
	"setfsgid\0setfsgid32\0setfsuid\0setfsuid32\0setgid\0setgid32\0"
	"setgroups\0setgroups32\0sethostname\0setitimer\0setns\0setpgid\0"
	"setpriority\0setregid\0setregid32\0setresgid\0setresgid32\0"
	"setresuid\0setresuid32\0setreuid\0setreuid32\0setrlimit\0setsid\0"
	"setsockopt\0settimeofday\0setuid\0setuid32\0setxattr\0setxattrat\0"
	"sgetmask\0shmat\0shmctl\0shmdt\0shmget\0shutdown\0sigaction\0"
	"sigaltstack\0signal\0signalfd\0signalfd4\0sigpending\0"
	"sigprocmask\0sigreturn\0sigsuspend\0socket\0socketcall\0"
	"socketpair\0splice\0spu_create\0spu_run\0ssetmask\0stat\0stat64\0"
	"statfs\0statfs64\0statmount\0statx\0stime\0stty\0subpage_prot\0"
	"swapcontext\0swapoff\0swapon\0switch_endian\0symlink\0symlinkat\0"
	"sync\0sync_file_range\0sync_file_range2\0syncfs\0"
	"sys_debug_setcontext\0syscall\0sysfs\0sysinfo\0syslog\0sysmips\0"
	"tee\0tgkill\0time\0timer_create\0timer_delete\0timer_getoverrun\0"
	"timer_gettime\0timer_gettime64\0timer_settime\0timer_settime64\0"
	"timerfd\0timerfd_create\0timerfd_gettime\0timerfd_gettime64\0"
	"timerfd_settime\0timerfd_settime64\0times\0tkill\0truncate\0"
	"truncate64\0tuxcall\0ugetrlimit\0ulimit\0umask\0umount\0umount2\0"
	"uname\0unlink\0unlinkat\0unshare\0uprobe\0uretprobe\0uselib\0"
	"userfaultfd\0usr26\0usr32\0ustat\0utime\0utimensat\0"
	"utimensat_time64\0utimes\0vfork\0vhangup\0vm86\0vm86old\0"
	"vmsplice\0vserver\0wait4\0waitid\0waitpid\0write\0writev\0";
/* clang-format on */

/* By halves: from the middle back to the start of the name there. */
bool attest_scmp_is_syscall(const char *name)
{
	const char *low = syscalls, *high = syscalls + sizeof(syscalls) - 2;

	while (low < high) {
		const char *middle = low + (high - low) / 2;
		int order;

		while (middle > low && middle[-1])
			middle--;
		order = strcmp(name, middle);
		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + strlen(middle) + 1;
	}

	return false;
}

/* attest_nearest() asks for 0, 1, 2, ...: the place in the list is kept. */
static const char *next(const void *data, size_t i)
{
	const char **p = (const char **)(uintptr_t)data;

	*p = i ? *p + strlen(*p) + 1 : syscalls;

	return **p ? *p : NULL;
}

const char *attest_scmp_nearest(const char *name)
{
	const char *place = syscalls;

	return attest_nearest(name, next, &place);
}
