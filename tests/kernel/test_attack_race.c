// SPDX-License-Identifier: Apache-2.0
/**
 * Ways around the decisions by changing names meanwhile, by exhausting them,
 * or by what was there before the confinement.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "confine.h"
#include "kt.h"

#define RACE_ROUNDS 10000
#define THREADS 4
#define DEEP 200
#define TOO_DEEP 300
#define ROUNDS 50
#define STORM_PROGRAMS 8
#define STORM_BYTES (32U << 20)

/* How far the bystander is who makes and removes forbidden directories. */
struct reuse {
	atomic_int asked;
	atomic_int made;
};

static struct reuse *reuse;
static int kept_fd = -1;

/* Renames over and over while the parent opens. */
static pid_t start_renaming(const char *a, const char *b, unsigned int flags)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			if (renameat2(AT_FDCWD, a, AT_FDCWD, b, flags) < 0)
				_exit(1);
	return pid;
}

/* 0 if the secret was read by this name, else EACCES. */
static int read_secret(const char *path)
{
	char text[8] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_read;

	if (fd < 0)
		return EACCES;
	is_read = read(fd, text, sizeof(text) - 1) > 0 &&
		  strncmp(text, "secret", 6) == 0;
	(void)close(fd);
	return is_read ? 0 : EACCES;
}

/* 0 if the secret was read, once, while the names are exchanged. */
static int race(const char *path, const char *a, const char *b)
{
	pid_t pid = start_renaming(a, b, RENAME_EXCHANGE);
	int r = EACCES;

	for (int i = 0; pid > 0 && r == EACCES && i < RACE_ROUNDS; i++)
		r = read_secret(path);
	if (pid < 0 || kill(pid, SIGKILL) < 0 || waitpid(pid, NULL, 0) < 0)
		return 255;
	return r;
}

static int by_swapping_symlinks(void)
{
	if (symlink(OK "/f", OK "/one") < 0 || symlink(NO "/f", OK "/two") < 0)
		return 255;
	return race(OK "/one", OK "/one", OK "/two");
}

static int by_swapping_directories(void)
{
	if (mkdir(OK "/a", 0755) < 0 || mkdir(OK "/b", 0755) < 0)
		return 255;
	return race(OK "/a/../../no/f", OK "/a", OK "/b");
}

/* The argument changes while the kernel reads it, or after. */
static char rewritten[64] = OK "/f";
static atomic_bool is_rewriting;

static void *rewrite(void *unused)
{
	while (atomic_load(&is_rewriting)) {
		memcpy(rewritten, NO "/f", sizeof(NO "/f"));
		memcpy(rewritten, OK "/f", sizeof(OK "/f"));
	}
	return NULL;
}

static int by_rewriting_the_argument(void)
{
	pthread_t thread;
	int r = EACCES;

	atomic_store(&is_rewriting, true);
	if (pthread_create(&thread, NULL, rewrite, NULL) != 0)
		return 255;
	for (int i = 0; i < RACE_ROUNDS && r == EACCES; i++)
		r = read_secret(rewritten);
	atomic_store(&is_rewriting, false);
	(void)pthread_join(thread, NULL);
	return r;
}

/* Each opens what it may and what it may not. */
static void *open_both(void *ret)
{
	for (int i = 0; i < RACE_ROUNDS / THREADS; i++)
		if (attack_open(OK "/f", O_RDWR) != 0 ||
		    attack_open(NO "/f", O_RDONLY) != EACCES)
			atomic_fetch_add((atomic_int *)ret, 1);
	return NULL;
}

static int by_many_threads(void)
{
	atomic_int n_wrong = 0;
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, open_both, &n_wrong) != 0)
			return 255;
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	return atomic_load(&n_wrong) ? 0 : EACCES;
}

/* Opens the file at the end of a chain of directories below `top`. */
static int open_deep(const char *top, int depth, const char *name, bool makes)
{
	int fd = open(top, O_PATH);
	int r;

	for (int i = 0; i < depth && fd >= 0; i++) {
		int next;

		if (makes && mkdirat(fd, name, 0755) < 0 && errno != EEXIST)
			return errno;
		next = openat(fd, name, O_PATH);
		(void)close(fd);
		fd = next;
	}
	if (fd < 0)
		return 255;
	r = openat(fd, "f", O_RDWR | (makes ? O_CREAT : 0), 0644);
	return attack_result(r);
}

static const char *long_name(void)
{
	static char name[256];

	memset(name, 'n', 255);
	return name;
}

static int deep_allowed(void)
{
	return open_deep(OK, DEEP, "d", true);
}

static int deep_forbidden(void)
{
	return open_deep(NO, DEEP, "d", false);
}

static int too_deep(void)
{
	return open_deep(OK, TOO_DEEP, "d", true);
}

static int long_allowed(void)
{
	return open_deep(OK, 10, long_name(), true);
}

static int long_forbidden(void)
{
	return open_deep(NO, 10, long_name(), false);
}

static int too_long(void)
{
	return open_deep(OK, 20, long_name(), true);
}

static int by_drop_caches(void)
{
	return attack_open("/proc/sys/vm/drop_caches", O_WRONLY);
}

/* A directory that is known to be writable goes, and the bystander makes a
 * forbidden one, of the same inode if the kernel likes.
 */
static int by_reusing_inodes(void)
{
	int r = 255;

	for (int i = 1; i <= ROUNDS; i++) {
		if (mkdir(OK "/reuse", 0755) < 0 ||
		    attack_open(OK "/reuse/f", O_CREAT | O_RDWR) ||
		    attack_open(OK "/reuse/f", O_RDWR) ||
		    unlink(OK "/reuse/f") < 0 || rmdir(OK "/reuse") < 0)
			return 255;
		atomic_store(&reuse->asked, i);
		while (atomic_load(&reuse->made) < i)
			kt_sleep_ms(1);
		r = attack_open(NO "/reuse/f", O_RDWR);
		if (r != EACCES)
			return r;
	}
	return r;
}

static void make_and_remove(void)
{
	for (int i = 1;; i++) {
		while (atomic_load(&reuse->asked) < i)
			kt_sleep_ms(1);
		(void)unlink(NO "/reuse/f");
		(void)rmdir(NO "/reuse");
		(void)mkdir(NO "/reuse", 0755);
		kt_write_file(NO "/reuse/f", "secret\n");
		atomic_store(&reuse->made, i);
	}
}

/* What was open before stays open; that is what the policy means. */
static int kept_descriptor(void)
{
	char text[8];

	return pread(kept_fd, text, sizeof(text), 0) > 0 ? 0 : errno;
}

/* The directories of root stay; the last ones make more records than are kept.
 */
static const struct attempt races[] = {
	{ "drop_caches", by_drop_caches, EACCES },
	{ "deep, allowed", deep_allowed, 0, ATTEMPT_SKIP },
	{ "deep, forbidden", deep_forbidden, EACCES },
	{ "too deep", too_deep, EACCES, ATTEMPT_SKIP },
	{ "long, allowed", long_allowed, 0, ATTEMPT_SKIP },
	{ "long, forbidden", long_forbidden, EACCES },
	{ "too long", too_long, EACCES, ATTEMPT_SKIP },
	{ "descriptor opened before", kept_descriptor, 0 },
	{ "inode reuse", by_reusing_inodes, EACCES, ATTEMPT_SKIP,
	  .records = ROUNDS },
	{ "swapped symlinks", by_swapping_symlinks, EACCES,
	  .records = ATTEMPT_ANY },
	{ "swapped directories", by_swapping_directories, EACCES,
	  .records = ATTEMPT_ANY },
	{ "rewritten argument", by_rewriting_the_argument, EACCES,
	  .records = ATTEMPT_ANY },
	{ "many threads", by_many_threads, EACCES, .records = ATTEMPT_ANY },
};

static void races_and_extremes_are_refused(void)
{
	attack_make_tree();
	(void)open_deep(NO, DEEP, "d", true);
	(void)open_deep(NO, 10, long_name(), true);
	kept_fd = (int)kt_expect_ok(open(NO "/f", O_RDONLY));
	reuse = mmap(NULL, sizeof(*reuse), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	kt_check(reuse != MAP_FAILED);
	if (kt_expect_ok(fork()) == 0)
		make_and_remove();
	attack_run(races, sizeof(races) / sizeof(races[0]));
}

/* A process with a thread, large enough that a fork takes its time, forks
 * while it is attached to.
 */
struct storm {
	atomic_bool is_confined;
	atomic_int n_refused;
	atomic_int n_free;
};

static void storm_try(struct storm *storm)
{
	/* Who has not seen the end of the attach does not count. */
	for (int i = 0; i < 100 && !atomic_load(&storm->is_confined); i++)
		kt_sleep_ms(2);
	if (!atomic_load(&storm->is_confined))
		return;
	if (attack_open(NO "/f", O_RDONLY) == EACCES)
		atomic_fetch_add(&storm->n_refused, 1);
	else
		atomic_fetch_add(&storm->n_free, 1);
}

static void *storm_thread(void *arg)
{
	struct storm *storm = arg;

	while (!atomic_load(&storm->is_confined))
		kt_sleep_ms(2);
	storm_try(storm);
	return NULL;
}

/* Another program while the attach goes on; it ends with 0 if it could read. */
static pid_t storm_executes(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c",
			    "until [ -e " OK "/go ]; do :; done; "
			    "exec cat " NO "/f",
			    (char *)NULL);
		_exit(255);
	}
	return pid;
}

static void storm_count(struct storm *storm, const pid_t *pids, int n)
{
	int fd = open(OK "/go", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	(void)close(fd);
	for (int i = 0; i < n; i++) {
		int status = 0;

		if (waitpid(pids[i], &status, 0) != pids[i] ||
		    !WIFEXITED(status) || WEXITSTATUS(status) != 1)
			atomic_fetch_add(&storm->n_free, 1);
		else
			atomic_fetch_add(&storm->n_refused, 1);
	}
}

static void storm_forks(struct storm *storm, int go_fd)
{
	pid_t pids[STORM_PROGRAMS];
	int n = 0;

	pthread_t thread;
	char byte;
	void *p = mmap(NULL, STORM_BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	kt_check(p != MAP_FAILED);
	(void)madvise(p, STORM_BYTES, MADV_NOHUGEPAGE);
	memset(p, 1, STORM_BYTES);
	kt_check_int(pthread_create(&thread, NULL, storm_thread, storm), 0);
	while (read(go_fd, &byte, 1) < 0) {
		if (fork() == 0) {
			storm_try(storm);
			_exit(0);
		}
		if (n < STORM_PROGRAMS)
			pids[n++] = storm_executes();
	}
	atomic_store(&storm->is_confined, true);
	storm_try(storm);
	storm_count(storm, pids, n);
	(void)pthread_join(thread, NULL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	_exit(0);
}

static void who_forks_meanwhile_is_confined(void)
{
	struct storm *storm = confine_shared(sizeof(*storm));
	static struct confine_result r;
	int go[2];
	pid_t pid;

	attack_make_tree();
	kt_expect_ok(pipe2(go, O_CLOEXEC | O_NONBLOCK));
	pid = (pid_t)kt_expect_ok(fork());
	if (pid == 0)
		storm_forks(storm, go[0]);
	confine_running(ATTACK_POLICY, pid, go[1], &r);
	(void)kill(pid, SIGKILL);
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET) {
		kt_check_int(r.error, -EOPNOTSUPP);
		return;
	}
	if (r.error < 0)
		kt_fail("%s", r.message);
	kt_check_int(atomic_load(&storm->n_free), 0);
	kt_check(atomic_load(&storm->n_refused) >= 2);
}

static const struct kt_test tests[] = {
	KT_TEST_FOR(races_and_extremes_are_refused, 120),
	KT_TEST_FOR(who_forks_meanwhile_is_confined, 60),
};

KT_MAIN(tests)
