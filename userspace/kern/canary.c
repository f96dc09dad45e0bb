// SPDX-License-Identifier: Apache-2.0
/**
 * The canary: "attached" is not "enforcing" until a refusal was seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kern/internal.h"
#include "policy/image.h"

/* One operation per hook family, on a file below the forbidden directory. */
enum canary_try {
	TRY_OPEN,
	TRY_UNLINK,
	TRY_RENAME,
	TRY_MKDIR,
	TRY_EXEC,
	TRY_MMAP,
	TRY_END,
};

static const char *const try_names[] = {
	"open", "unlink", "rename", "mkdir", "execve", "mmap",
};
_Static_assert(ARRAY_SIZE(try_names) == TRY_END, "a try has no name");

struct canary {
	char dir[64];
	int dir_fd;
	int file_fd; /* opened before confinement, for mmap */
	struct attest_slot slot;
	int n_records;
	int errors[TRY_END]; /* errno of each try, 0 if it was allowed */
};

static int make_files(struct canary *c)
{
	(void)snprintf(c->dir, sizeof(c->dir), "/run/attest-canary.XXXXXX");
	if (!mkdtemp(c->dir)) {
		(void)snprintf(c->dir, sizeof(c->dir),
			       "/tmp/attest-canary.XXXXXX");
		if (!mkdtemp(c->dir)) {
			c->dir[0] = '\0';
			return -errno;
		}
	}
	c->dir_fd = open(c->dir, O_DIRECTORY | O_PATH | O_CLOEXEC);
	if (c->dir_fd < 0)
		return -errno;
	c->file_fd =
	    openat(c->dir_fd, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0700);
	if (c->file_fd < 0)
		return -errno;
	return ftruncate(c->file_fd, 4096) < 0 ? -errno : 0;
}

static void remove_files(struct canary *c)
{
	if (c->dir_fd >= 0) {
		(void)unlinkat(c->dir_fd, "file", 0);
		(void)unlinkat(c->dir_fd, "other", 0);
		(void)unlinkat(c->dir_fd, "dir", AT_REMOVEDIR);
	}
	attest_closep(&c->dir_fd);
	attest_closep(&c->file_fd);
	if (c->dir[0])
		(void)rmdir(c->dir);
}

static int load_policy(struct attest_kern *kern, struct canary *c)
{
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	char pattern[sizeof(c->dir) + 2];
	struct attest_rule rule = {
		.path = pattern,
		.access = ATTEST_PATH_FORBIDDEN,
		.recursive = true,
		.priority = 100,
	};
	struct attest_policy policy = {
		.mode = ATTEST_MODE_ENFORCE,
		.has_filesystem = true,
		.fs_default = ATTEST_PATH_READ_WRITE,
		.fs_default_execute = true,
		.rules = &rule,
		.n_rules = 1,
	};
	struct attest_diag diag;
	int r;

	(void)snprintf(pattern, sizeof(pattern), "%s/*", c->dir);
	r = attest_image_build(&policy, &image, &diag);
	return r ?: attest_kern_policy_add(kern, image, &c->slot);
}

/* The child: waits until it is confined, tries, reports. */
static void try_all(struct canary *c, int fd)
{
	char *const argv[] = { (char *)"canary", NULL };
	char *const envp[] = { NULL };
	void *p;
	char go;
	int r;

	if (read(fd, &go, 1) != 1)
		_exit(1);
	for (int i = 0; i < TRY_END; i++) {
		errno = 0;
		switch (i) {
		case TRY_OPEN:
			r = openat(c->dir_fd, "file", O_RDONLY | O_CLOEXEC);
			break;
		case TRY_UNLINK:
			r = unlinkat(c->dir_fd, "file", 0);
			break;
		case TRY_RENAME:
			r = renameat(c->dir_fd, "file", c->dir_fd, "other");
			break;
		case TRY_MKDIR:
			r = mkdirat(c->dir_fd, "dir", 0700);
			break;
		case TRY_EXEC:
			r = (int)syscall(SYS_execveat, c->dir_fd, "file", argv,
					 envp, 0);
			break;
		default:
			p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE,
				 c->file_fd, 0);
			r = p == MAP_FAILED ? -1 : 0;
			break;
		}
		c->errors[i] = r < 0 ? errno : 0;
	}
	(void)!write(fd, c->errors, sizeof(c->errors));
	_exit(0);
}

static int count_record(const void *data, size_t len, void *ctx)
{
	const struct attest_event_hdr *hdr = data;
	struct canary *c = ctx;

	if (len >= sizeof(*hdr) && hdr->kind == ATTEST_EVENT_FILE &&
	    hdr->slot == c->slot.slot && hdr->generation == c->slot.generation)
		c->n_records++;
	return 0;
}

static int judge(const struct canary *c, char *reason, size_t size)
{
	for (int i = 0; i < TRY_END; i++) {
		if (c->errors[i] == EACCES)
			continue;
		(void)snprintf(reason, size,
			       "the canary's %s was %s although the policy "
			       "refuses it",
			       try_names[i],
			       c->errors[i] ? strerror(c->errors[i])
					    : "allowed");
		return -EIO;
	}
	if (c->n_records == TRY_END)
		return 0;
	(void)snprintf(reason, size,
		       "the canary was refused %d times but recorded %d times",
		       TRY_END, c->n_records);
	return -EIO;
}

/* Runs the child under the policy. Its answer comes through the socket. */
static int run_child(struct attest_kern *kern, struct canary *c, pid_t pid,
		     int fd)
{
	_cleanup_close_ int pidfd = -1;
	int r;

	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return -errno;
	r = attest_kern_subject_pidfd(kern, pidfd, &c->slot, 0);
	if (r < 0)
		return r;
	if (write(fd, "g", 1) != 1 ||
	    read(fd, c->errors, sizeof(c->errors)) != sizeof(c->errors))
		return -EIO;
	return 0;
}

static int try_in_child(struct attest_kern *kern, struct canary *c)
{
	int fds[2];
	pid_t pid;
	int r;

	/* A socket: its end is seen if the child dies. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		try_all(c, fds[1]);
	}
	(void)close(fds[1]);
	r = pid < 0 ? -errno : run_child(kern, c, pid, fds[0]);
	(void)close(fds[0]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	return r;
}

int attest_kern_canary(struct attest_kern *kern, char *reason, size_t size)
{
	struct canary c = { .dir_fd = -1, .file_fd = -1 };
	bool has_slot = false;
	int r;

	r = make_files(&c);
	r = r ?: load_policy(kern, &c);
	has_slot = r == 0;
	r = r ?: try_in_child(kern, &c);
	if (r < 0)
		(void)snprintf(reason, size, "the canary could not run: %s",
			       strerror(-r));
	if (r == 0)
		r = attest_kern_poll(kern, 0, count_record, &c);
	if (r >= 0)
		r = judge(&c, reason, size);
	if (has_slot)
		(void)attest_kern_policy_remove(kern, &c.slot);
	remove_files(&c);
	return r;
}
