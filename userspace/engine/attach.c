// SPDX-License-Identifier: Apache-2.0
/**
 * `watch` and `enforce`: what runs already.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/network.h"
#include "engine/session.h"
#include "policy/image.h"

#define POLL_MS 20
#define COUNT_MS 200
/* A count goes over the tasks by number: one that forks and ends meanwhile can
 * pass it unseen, but hardly each time.
 */
#define COUNTS 3
#define CGROUP2_MAGIC 0x63677270

static int open_signals(bool with_hangup, sigset_t *ret_old)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (with_hangup)
		(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, ret_old) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The id the kernel's helper gives is the inode of the directory. */
static int cgroup_id(struct attest_session *s, const char *path,
		     uint64_t *ret_id)
{
	struct statfs fs;
	struct stat st;

	if (statfs(path, &fs) < 0 || stat(path, &st) < 0)
		return attest_session_fail(s, -errno,
					   "cannot open cgroup '%s': %s", path,
					   strerror(errno));
	if (fs.f_type != CGROUP2_MAGIC || !S_ISDIR(st.st_mode))
		return attest_session_fail(
		    s, -EINVAL,
		    "'%s' is not a cgroup v2 directory; they are below "
		    "/sys/fs/cgroup, or /sys/fs/cgroup/unified on hybrid "
		    "systems",
		    path);
	*ret_id = st.st_ino;
	return 0;
}

static int confine_cgroup(struct attest_session *s, const char *path,
			  uint32_t flags)
{
	_cleanup_close_ int fd = -1;
	uint64_t id = 0;
	int r;

	r = cgroup_id(s, path, &id);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		r = -errno;
	r = r ?: attest_kern_subject_cgroup(s->kern, id, &s->slot, flags);
	if (r < 0)
		return attest_session_fail(
		    s, r, "cannot confine cgroup '%s': %s", path, strerror(-r));
	return attest_session_network_confine(s, fd, 0);
}

static int confine(struct attest_session *s,
		   const struct attest_engine_subject *subject)
{
	uint32_t flags =
	    (s->options->with_files || s->bpf_state.rung == ATTEST_RUNG_TRACE
		 ? ATTEST_SUBJECT_TRACE_FILES
		 : 0) |
	    (s->options->calls ? ATTEST_SUBJECT_TRACE : 0);
	uint32_t pid = subject->pid;
	int r;

	if (subject->created)
		return attest_session_created(s, subject->created);
	if (subject->running && subject->running->cgroup_id)
		return attest_session_running(s, subject->running);
	if (subject->kind == ATTEST_SUBJECT_CGROUP_TREE)
		return confine_cgroup(s, subject->cgroup, flags);
	if (subject->running) {
		/* No control group of its own: its processes. */
		s->container = *subject->running;
		pid = (uint32_t)s->container.pid;
	}
	r = attest_kern_subject_tree(s->kern, pid, &s->slot, flags,
				     &s->result->n_tasks);
	if (r == -ESRCH)
		return attest_session_fail(s, r, "there is no process %u", pid);
	return r < 0
		   ? attest_session_fail(s, r, "cannot confine process %u: %s",
					 pid, strerror(-r))
		   : 0;
}

static uint64_t monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* The process whose end is the subject's. -1: a control group has none. */
static int open_subject(struct attest_session *s,
			const struct attest_engine_subject *subject,
			int *ret_pidfd)
{
	uint32_t pid = subject->pid;
	int fd;

	if (subject->kind == ATTEST_SUBJECT_CGROUP_TREE)
		return 0;
	if (subject->running)
		pid = (uint32_t)subject->running->pid;
	fd = subject->created
		 ? fcntl(subject->created->pidfd, F_DUPFD_CLOEXEC, 3)
		 : (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		return attest_session_fail(s, -errno,
					   "cannot watch process %u: %s", pid,
					   strerror(errno));
	*ret_pidfd = fd;
	return 0;
}

/* True if one of them ends it. */
static bool take_signals(const struct attest_session *s, int fd)
{
	struct signalfd_siginfo info;
	bool ends = false;

	while (read(fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			s->options->hangup(s->options->ctx);
		else
			ends = true;
	}
	return ends;
}

/* The first process has ended; those that it started are subjects as well,
 * and would be released. On doubt they live.
 */
static bool others_live(struct attest_session *s)
{
	const struct timespec pause = { .tv_nsec = COUNT_MS * 1000000L };

	if (s->container.cgroup_id)
		return attest_session_container_lives(s);
	for (int i = 0; i < COUNTS; i++) {
		(void)attest_session_poll(s, 0);
		if (attest_kern_subject_count(s->kern, &s->slot) != 0)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

/* Until a signal, the end of the subject or of the time. */
static void watch(struct attest_session *s, int pidfd, int signal_fd)
{
	uint64_t started = monotonic_ms(), counted = 0;
	bool was_running = pidfd >= 0;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = signal_fd, .events = POLLIN },
			{ .fd = pidfd, .events = POLLIN },
			{ .fd = attest_kern_poll_fd(s->kern),
			  .events = POLLIN },
		};

		(void)poll(fds, ARRAY_SIZE(fds), POLL_MS);
		(void)attest_session_poll(s, 0);
		if (take_signals(s, signal_fd))
			return;
		if (fds[1].revents)
			pidfd = -1;
		if (was_running && pidfd < 0 &&
		    monotonic_ms() - counted >= COUNT_MS) {
			if (!others_live(s))
				return;
			counted = monotonic_ms();
		}
		if (s->options->duration_ms &&
		    monotonic_ms() - started >= s->options->duration_ms)
			return;
	}
}

/* Without hooks that is all that can be refused to what runs already. */
static bool refuses_destinations(const struct attest_session *s)
{
	return s->bpf_state.has_group && s->image &&
	       (s->image->flags & ATTEST_IMAGE_NET_DENY);
}

static int check_rung(struct attest_session *s, bool is_enforced)
{
	if (!s->kern)
		return attest_session_fail(s, -EOPNOTSUPP,
					   "cannot attach to what runs already "
					   "without BPF: %s",
					   s->result->bpf_reason);
	/* What only records sees files on every rung. */
	if (!is_enforced)
		return 0;
	/* No best effort here: nothing at all would be refused. */
	s->result->is_hopeless = s->bpf_state.rung > ATTEST_RUNG_FMOD_RET &&
				 !refuses_destinations(s);
	if (s->result->is_hopeless)
		return attest_session_fail(
		    s, -EOPNOTSUPP,
		    "on this kernel nothing can be refused to what runs "
		    "already, only recorded (attest-bpf watch): %s",
		    s->result->bpf_reason);
	return attest_session_check(s);
}

/* Without a policy nothing is a violation; a subject needs a slot all the same.
 */
static int empty_image(struct attest_image_hdr **ret)
{
	const struct attest_policy none = { .mode = ATTEST_MODE_AUDIT };
	struct attest_diag diag;

	return attest_image_build(&none, ret, &diag);
}

static int put_policy(struct attest_session *s)
{
	int r;

	r = s->image ? 0 : empty_image(&s->image);
	r = r ?: attest_kern_policy_add(s->kern, s->image, &s->slot);
	if (r < 0)
		return attest_session_fail(s, r, "cannot load the policy: %s",
					   strerror(-r));
	s->has_slot = true;
	r = s->options->with_files ? attest_kern_watch_connections(s->kern) : 0;
	if (r < 0)
		return attest_session_fail(s, r, "cannot watch connections: %s",
					   strerror(-r));
	/* Compiling a large policy takes more memory than watching does. */
	(void)malloc_trim(0);
	return 0;
}

int attest_engine_attach(const struct attest_engine_options *options,
			 const struct attest_engine_subject *subject,
			 bool is_enforced,
			 struct attest_engine_result *ret_result)
{
	struct attest_engine_options mine = *options;
	_close_session_ struct attest_session s;
	_cleanup_close_ int signal_fd = -1;
	_cleanup_close_ int pidfd = -1;
	sigset_t old;
	int r;

	mine.is_audit = options->is_audit || !is_enforced;
	r = attest_session_open(&s, &mine, subject->kind, true, ret_result);
	r = r ?: check_rung(&s, is_enforced);
	if (r < 0)
		return r;
	r = open_subject(&s, subject, &pidfd);
	if (r < 0)
		return r;
	r = put_policy(&s);
	if (r < 0)
		return r;
	signal_fd = open_signals(options->hangup != NULL, &old);
	if (signal_fd < 0)
		return attest_session_fail(&s, signal_fd,
					   "cannot watch for signals");
	r = confine(&s, subject);
	if (r == 0) {
		if (options->ready)
			options->ready(options->ctx);
		watch(&s, pidfd, signal_fd);
		/* Before the policy goes. */
		if (subject->created)
			attest_session_end_container(&s);
		attest_session_drain(&s);
	}
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}
