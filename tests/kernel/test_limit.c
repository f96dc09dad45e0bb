// SPDX-License-Identifier: Apache-2.0
/**
 * max_file_size, max_disk_usage and max_files, by every way that makes bytes
 * or names: what is below the limit works, what is above gives exactly EFBIG
 * or EDQUOT and one record, and leaves the file as it was.
 */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/falloc.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "kt.h"

#define DIR "/tmp/limit"
#define FILE_MAX 8192
#define HEAD "version: 1\nfilesystem:\n  default: read-write\n  limits: "
#define SIZE_POLICY HEAD "{ max_file_size: 8192 }\n"
#define DISK_POLICY HEAD "{ max_disk_usage: 16384 }\n"
#define COUNT_POLICY HEAD "{ max_files: 3 }\n"

static char block[65536] __attribute__((aligned(4096)));

static int result_of(long r)
{
	return r < 0 ? errno : 0;
}

/* Each writes n bytes at the end of a file that has `at` bytes. */
static int by_write(int fd, off_t at, size_t n)
{
	(void)lseek(fd, at, SEEK_SET);
	return result_of(write(fd, block, n));
}

static int by_pwrite(int fd, off_t at, size_t n)
{
	return result_of(pwrite(fd, block, n, at));
}

static int by_writev(int fd, off_t at, size_t n)
{
	struct iovec v[] = { { block, n / 2 }, { block, n - n / 2 } };

	(void)lseek(fd, at, SEEK_SET);
	return result_of(writev(fd, v, 2));
}

static int by_append(int fd, off_t at, size_t n)
{
	int r;

	(void)at;
	(void)fcntl(fd, F_SETFL, O_APPEND);
	(void)lseek(fd, 0, SEEK_SET);
	r = result_of(write(fd, block, n));
	(void)fcntl(fd, F_SETFL, 0);
	return r;
}

static int by_rwf_append(int fd, off_t at, size_t n)
{
	struct iovec v = { block, n };

	(void)at;
	return result_of(pwritev2(fd, &v, 1, 0, RWF_APPEND));
}

static int by_hole(int fd, off_t at, size_t n)
{
	return result_of(pwrite(fd, block, 1, at + (off_t)n - 1));
}

static int by_fallocate(int fd, off_t at, size_t n)
{
	return result_of(fallocate(fd, 0, at, (off_t)n));
}

static int by_truncate(int fd, off_t at, size_t n)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return result_of(truncate(path, at + (off_t)n));
}

/* Then the bytes are made through a mapping: not asked, but paid. */
static int by_mapping(int fd, off_t at, size_t n)
{
	char *p;
	int r = result_of(ftruncate(fd, at + (off_t)n));

	if (r)
		return r;
	p = mmap(NULL, (size_t)at + n, PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return errno;
	p[at] = 1;
	(void)munmap(p, (size_t)at + n);
	return 0;
}

static int source_of(size_t n)
{
	int fd = open(DIR "/source", O_RDONLY | O_CLOEXEC);

	(void)lseek(fd, (off_t)(sizeof(block) - n), SEEK_SET);
	return fd;
}

static int by_copy(int fd, off_t at, size_t n)
{
	int in = source_of(n), r;
	loff_t to = at;

	r = result_of(copy_file_range(in, NULL, fd, &to, 1 << 30, 0));
	(void)close(in);
	return r;
}

static int by_sendfile(int fd, off_t at, size_t n)
{
	int in = source_of(n), r;

	(void)lseek(fd, at, SEEK_SET);
	r = result_of(sendfile(fd, in, NULL, 1 << 30));
	(void)close(in);
	return r;
}

static int by_splice(int fd, off_t at, size_t n)
{
	loff_t to = at;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return errno;
	(void)!write(fds[1], block, n);
	r = result_of(splice(fds[0], NULL, fd, &to, n, 0));
	(void)close(fds[0]);
	(void)close(fds[1]);
	return r;
}

static int by_aio(int fd, off_t at, size_t n)
{
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (unsigned int)fd,
		.aio_buf = (uintptr_t)block,
		.aio_nbytes = n,
		.aio_offset = at,
	};
	struct iocb *list[] = { &cb };
	struct io_event ev = { .res = -EIO };
	aio_context_t ctx = 0;
	int r;

	if (syscall(SYS_io_setup, 1, &ctx) < 0)
		return errno;
	r = result_of(syscall(SYS_io_submit, ctx, 1, list));
	if (r == 0)
		(void)syscall(SYS_io_getevents, ctx, 1, 1, &ev, NULL);
	(void)syscall(SYS_io_destroy, ctx);
	return r ? r : ev.res < 0 ? (int)-ev.res : 0;
}

static int uring_write(int fd, off_t at, size_t n, unsigned int sqe_flags,
		       int rw_flags)
{
	struct io_uring_params p = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &p);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	char *m;
	int r;

	if (ring < 0)
		return errno;
	m = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(*cqe) + 4096,
		 PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		   IORING_OFF_SQES);
	if (m == MAP_FAILED || sqe == MAP_FAILED)
		return errno;
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_WRITE,
		.flags = (__u8)sqe_flags,
		.fd = fd,
		.off = (__u64)at,
		.addr = (uintptr_t)block,
		.len = (__u32)n,
		.rw_flags = rw_flags,
	};
	*(unsigned int *)(m + p.sq_off.array) = 0;
	__atomic_store_n((unsigned int *)(m + p.sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	r = result_of(syscall(SYS_io_uring_enter, ring, 1, 1,
			      IORING_ENTER_GETEVENTS, NULL, 0));
	cqe = (struct io_uring_cqe *)(m + p.cq_off.cqes);
	if (r == 0 && cqe->res < 0)
		r = -cqe->res;
	(void)close(ring);
	return r;
}

static int by_uring(int fd, off_t at, size_t n)
{
	return uring_write(fd, at, n, 0, 0);
}

static int by_uring_worker(int fd, off_t at, size_t n)
{
	return uring_write(fd, at, n, IOSQE_ASYNC, 0);
}

static int by_uring_append(int fd, off_t at, size_t n)
{
	(void)at;
	return uring_write(fd, 0, n, 0, RWF_APPEND);
}

/* tmpfs has had O_DIRECT since 6.6; before, this is a plain write. */
static int by_direct(int fd, off_t at, size_t n)
{
	int r;

	(void)fcntl(fd, F_SETFL, O_DIRECT);
	r = result_of(pwrite(fd, block, n, at));
	(void)fcntl(fd, F_SETFL, 0);
	return r;
}

static const struct way {
	const char *name;
	int (*make)(int fd, off_t at, size_t n);
	enum attest_hook hook;
} ways[] = {
	{ "write", by_write, ATTEST_HOOK_FILE_PERMISSION },
	{ "pwrite", by_pwrite, ATTEST_HOOK_FILE_PERMISSION },
	{ "writev", by_writev, ATTEST_HOOK_FILE_PERMISSION },
	{ "O_APPEND", by_append, ATTEST_HOOK_FILE_PERMISSION },
	{ "RWF_APPEND", by_rwf_append, ATTEST_HOOK_FILE_PERMISSION },
	{ "sparse", by_hole, ATTEST_HOOK_FILE_PERMISSION },
	{ "O_DIRECT", by_direct, ATTEST_HOOK_FILE_PERMISSION },
	{ "fallocate", by_fallocate, ATTEST_HOOK_FILE_PERMISSION },
	{ "truncate", by_truncate, ATTEST_HOOK_INODE_SETATTR },
	{ "mmap after ftruncate", by_mapping, ATTEST_HOOK_INODE_SETATTR },
	{ "copy_file_range", by_copy, ATTEST_HOOK_FILE_PERMISSION },
	{ "sendfile", by_sendfile, ATTEST_HOOK_FILE_PERMISSION },
	{ "splice", by_splice, ATTEST_HOOK_FILE_PERMISSION },
	{ "aio", by_aio, ATTEST_HOOK_FILE_PERMISSION },
	{ "io_uring", by_uring, ATTEST_HOOK_FILE_PERMISSION },
	{ "io_uring worker", by_uring_worker, ATTEST_HOOK_FILE_PERMISSION },
	{ "io_uring append", by_uring_append, ATTEST_HOOK_FILE_PERMISSION },
};
#define N_WAYS (sizeof(ways) / sizeof(ways[0]))

struct outcome {
	int allowed[N_WAYS];
	int refused[N_WAYS];
	long sizes[N_WAYS]; /* after the refusal */
	int after;	    /* a write of one byte where there was room */
	bool is_done;
};

static int open_new(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static void make_files(void)
{
	int fd;

	(void)mkdir(DIR, 0755);
	fd = (int)kt_expect_ok(open_new(DIR "/source"));
	kt_check_int(write(fd, block, sizeof(block)), sizeof(block));
	(void)close(fd);
}

static void try_way(struct outcome *o, size_t i)
{
	struct stat st = { .st_size = -1 };
	int fd = open_new(DIR "/file");

	o->allowed[i] = ways[i].make(fd, 0, 4096);
	if (!o->allowed[i])
		o->allowed[i] = ways[i].make(fd, 4096, 4096);
	o->refused[i] = ways[i].make(fd, 8192, 4096);
	(void)fstat(fd, &st);
	o->sizes[i] = st.st_size;
	(void)close(fd);
	(void)unlink(DIR "/file");
}

static void try_ways(void *shared)
{
	struct outcome *o = shared;

	for (size_t i = 0; i < N_WAYS; i++)
		try_way(o, i);
	o->is_done = true;
}

/* true: this row enforces, and the subject ran to its end. */
static bool has_run(const struct confine_result *r, bool is_done)
{
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET) {
		kt_check_int(r->error, -EOPNOTSUPP);
		kt_check(!is_done);
		return false;
	}
	if (r->error < 0)
		kt_fail("%s", r->message);
	kt_check(is_done);
	kt_check_int(r->n_lost, 0);
	return true;
}

static void check_way(const struct confine_result *r, const struct outcome *o,
		      size_t i, int error)
{
	const struct confine_record *rec = &r->records[i];

	if (o->allowed[i])
		kt_fail("%s below the limit: %s", ways[i].name,
			strerror(o->allowed[i]));
	if (o->refused[i] != error)
		kt_fail("%s: %s, expected %s", ways[i].name,
			strerror(o->refused[i]), strerror(error));
	if (o->sizes[i] != FILE_MAX)
		kt_fail("%s: the file has %ld bytes", ways[i].name,
			o->sizes[i]);
	if (i >= r->n_records)
		kt_fail("%s: no record", ways[i].name);
	if (rec->hook != ways[i].hook || strcmp(rec->path, DIR "/file") ||
	    rec->verdict != ATTEST_VERDICT_DENY || rec->value != 12288)
		kt_fail("%s: record %zu is of '%s' at %s with %llu",
			ways[i].name, i, rec->path, attest_hook_name(rec->hook),
			(unsigned long long)rec->value);
}

static uint64_t used_of(const struct confine_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_counters; i++)
		if (!strcmp(r->counters[i].name, name))
			return r->counters[i].used;
	kt_fail("no counter %s", name);
}

static void a_file_grows_to_its_limit_by_every_way(void)
{
	struct outcome *o = confine_shared(sizeof(*o));
	static struct confine_result r;

	make_files();
	confine_pid(SIZE_POLICY, try_ways, o, true, &r);
	if (!has_run(&r, o->is_done))
		return;
	for (size_t i = 0; i < N_WAYS; i++) {
		check_way(&r, o, i, EFBIG);
		kt_check_int(r.records[i].violation,
			     ATTEST_VIOLATION_FILE_SIZE_LIMIT);
		kt_check_int(r.records[i].limit, FILE_MAX);
	}
	kt_check_int(r.n_records, N_WAYS);
	kt_check_int(used_of(&r, "max_file_size"), FILE_MAX);
	/* Detached: no limit. */
	kt_check_int(truncate(DIR "/source", 1 << 20), 0);
}

#define DISK_LIMIT_8K HEAD "{ max_disk_usage: 8192 }\n"

static void the_disk_usage_ends_by_every_way(void)
{
	struct outcome *o = confine_shared(sizeof(*o));
	static struct confine_result r;

	make_files();
	confine_pid(DISK_LIMIT_8K, try_ways, o, true, &r);
	if (!has_run(&r, o->is_done))
		return;
	for (size_t i = 0; i < N_WAYS; i++) {
		check_way(&r, o, i, EDQUOT);
		kt_check_int(r.records[i].violation,
			     ATTEST_VIOLATION_DISK_USAGE_LIMIT);
	}
	kt_check_int(r.n_records, N_WAYS);
	/* Each file was removed, and gave its bytes back. */
	kt_check_int(used_of(&r, "max_disk_usage"), 0);
}

/* Four processes, one counter: 16 KiB are four times 4 KiB. */
static void write_in_children(void *shared)
{
	struct outcome *o = shared;

	for (int i = 0; i < 6; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			char path[64];
			int fd;

			(void)snprintf(path, sizeof(path), DIR "/child%d", i);
			fd = open_new(path);
			o->allowed[i] = by_write(fd, 0, 4096);
			_exit(0);
		}
		(void)waitpid(pid, NULL, 0);
	}
	/* Emptied and filled again: nothing new. */
	o->after = by_write(open_new(DIR "/child0"), 0, 4096);
	/* A file without a name still has its bytes until it is closed. */
	o->refused[0] = open(DIR "/child1", O_RDONLY | O_CLOEXEC);
	(void)unlink(DIR "/child1");
	o->refused[1] = by_write(open_new(DIR "/more"), 0, 4096);
	(void)close(o->refused[0]);
	o->refused[2] = by_write(open_new(DIR "/more"), 0, 4096);
	o->is_done = true;
}

static void check_children(const struct confine_result *r,
			   const struct outcome *o)
{
	if (!has_run(r, o->is_done))
		return;
	for (int i = 0; i < 6; i++)
		kt_check_int(o->allowed[i], i < 4 ? 0 : EDQUOT);
	kt_check_int(o->after, 0);
	kt_check_int(o->refused[1], EDQUOT);
	kt_check_int(o->refused[2], 0);
	kt_check_int(r->n_records, 3);
	kt_check_int(used_of(r, "max_disk_usage"), 16384);
}

static void all_processes_share_the_counter(void)
{
	struct outcome *o = confine_shared(sizeof(*o));
	static struct confine_result r;

	make_files();
	confine_pid(DISK_POLICY, write_in_children, o, true, &r);
	check_children(&r, o);
}

static void a_cgroup_shares_the_counter(void)
{
	struct outcome *o = confine_shared(sizeof(*o));
	static struct confine_result r;

	make_files();
	confine_cgroup(DISK_POLICY, write_in_children, o, &r);
	check_children(&r, o);
}

/* Names: steps with what they must give. */
static int make_open(void)
{
	int fd = open(DIR "/a", O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	return fd < 0 ? errno : result_of(close(fd));
}

static int make_exclusive(void)
{
	int fd = open(DIR "/a", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	return fd < 0 ? errno : result_of(close(fd));
}

static int make_dir(void)
{
	return result_of(mkdir(DIR "/d", 0755));
}

static int make_symlink(void)
{
	return result_of(symlink("a", DIR "/s"));
}

static int make_link(void)
{
	return result_of(link(DIR "/a", DIR "/l"));
}

static int make_node(void)
{
	return result_of(mknod(DIR "/n", S_IFREG | 0644, 0));
}

static int make_fifo(void)
{
	return result_of(mknod(DIR "/p", S_IFIFO | 0644, 0));
}

static int open_other(void)
{
	int fd = open(DIR "/b", O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	return fd < 0 ? errno : result_of(close(fd));
}

static int remove_link(void)
{
	return result_of(unlink(DIR "/l"));
}

static int remove_dir(void)
{
	return result_of(rmdir(DIR "/d"));
}

static int remove_full_dir(void)
{
	return result_of(rmdir(DIR));
}

static int rename_over(void)
{
	return result_of(rename(DIR "/b", DIR "/a"));
}

static int rename_same(void)
{
	return result_of(rename(DIR "/a", DIR "/l"));
}

static const struct step {
	const char *name;
	int (*act)(void);
	int error;
} steps[] = {
	{ "open", make_open, 0 },
	{ "open what exists", make_open, 0 },
	{ "exclusively what exists", make_exclusive, EEXIST },
	{ "mkdir", make_dir, 0 },
	{ "mkdir what exists", make_dir, EEXIST },
	{ "link", make_link, 0 },
	{ "symlink, full", make_symlink, EDQUOT },
	{ "mknod, full", make_node, EDQUOT },
	{ "fifo, full", make_fifo, EDQUOT },
	{ "open, full", open_other, EDQUOT },
	{ "open what exists, full", make_open, 0 },
	{ "rmdir that fails", remove_full_dir, ENOTEMPTY },
	{ "rename to itself", rename_same, 0 },
	{ "open, still full", open_other, EDQUOT },
	{ "unlink", remove_link, 0 },
	{ "open, room", open_other, 0 },
	{ "rename over", rename_over, 0 },
	{ "symlink, room", make_symlink, 0 },
	{ "rmdir", remove_dir, 0 },
	{ "mknod, room", make_node, 0 },
	{ "mkdir, full again", make_dir, EDQUOT },
};
#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

struct stepped {
	int errors[N_STEPS];
	bool is_done;
};

static void try_steps(void *shared)
{
	struct stepped *s = shared;

	for (size_t i = 0; i < N_STEPS; i++)
		s->errors[i] = steps[i].act();
	s->is_done = true;
}

static void names_are_counted(void)
{
	struct stepped *s = confine_shared(sizeof(*s));
	static struct confine_result r;
	size_t n = 0;

	make_files();
	confine_pid(COUNT_POLICY, try_steps, s, true, &r);
	if (!has_run(&r, s->is_done))
		return;
	for (size_t i = 0; i < N_STEPS; i++) {
		if (s->errors[i] != steps[i].error)
			kt_fail("%s: %s", steps[i].name,
				strerror(s->errors[i]));
		n += steps[i].error == EDQUOT;
	}
	kt_check_int(r.n_records, n);
	for (size_t i = 0; i < n; i++) {
		kt_check_int(r.records[i].violation,
			     ATTEST_VIOLATION_FILE_COUNT_LIMIT);
		kt_check_int(r.records[i].limit, 3);
		kt_check_int(r.records[i].value, 4);
	}
	kt_check_str(r.records[0].path, DIR "/s");
	kt_check_str(r.records[3].path, DIR "/b");
	kt_check_int(used_of(&r, "max_files"), 3);
}

static void watching_records_and_lets_pass(void)
{
	struct outcome *o = confine_shared(sizeof(*o));
	static struct confine_result r;

	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET)
		return;
	make_files();
	confine_pid(DISK_POLICY, write_in_children, o, false, &r);
	kt_check_int(r.error, 0);
	kt_check_int(o->allowed[5], 0);
	kt_check(r.n_records > 0);
	kt_check_int(r.records[0].verdict, ATTEST_VERDICT_AUDIT);
	kt_check_int(r.records[0].violation, ATTEST_VIOLATION_DISK_USAGE_LIMIT);
}

static const struct kt_test tests[] = {
	KT_TEST(a_file_grows_to_its_limit_by_every_way),
	KT_TEST(the_disk_usage_ends_by_every_way),
	KT_TEST(all_processes_share_the_counter),
	KT_TEST(a_cgroup_shares_the_counter),
	KT_TEST(names_are_counted),
	KT_TEST(watching_records_and_lets_pass),
};

KT_MAIN(tests)
