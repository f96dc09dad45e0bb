// SPDX-License-Identifier: Apache-2.0
/**
 * Prints what eight operations cost, in nanoseconds of CPU time of this
 * process and its children: median of ROUNDS rounds. In a guest that counts
 * instructions a nanosecond is one instruction.
 *
 *	bench_ops [--wait FILE] [--landlock N] [--big] NAME
 *
 * --wait: begins when FILE exists, so that somebody can confine this process.
 * --landlock: confines itself by a ruleset of N paths first.
 * --wall: wall-clock time, where other programs share the work (strace).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 5
#define TREE "/tmp/attest-bench"
#define FILE_PATH TREE "/1/2/3/4/5/file"
#define NEW_PATH TREE "/1/2/3/4/5/new"
#define MOVED_PATH TREE "/1/2/3/4/5/moved"

static bool is_wall;
static const char *exit_program;
static int data_fd = -1;
static char block[65536];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t cpu_of(int who)
{
	struct rusage usage;

	(void)getrusage(who, &usage);
	return ((uint64_t)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) *
		   1000000000 +
	       ((uint64_t)usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) *
		   1000;
}

static uint64_t now(void)
{
	struct timespec t;

	if (!is_wall)
		return cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void op_getppid(void)
{
	(void)syscall(SYS_getppid);
}

static void op_open(void)
{
	int fd = open(FILE_PATH, O_RDONLY);

	if (fd < 0)
		die(FILE_PATH);
	(void)close(fd);
}

static void op_stat(void)
{
	struct stat st;

	if (stat(FILE_PATH, &st))
		die(FILE_PATH);
}

static void op_pread(void)
{
	if (pread(data_fd, block, 1, 0) != 1)
		die("pread");
}

static void op_write(void)
{
	if (pwrite(data_fd, block, sizeof(block), 0) != sizeof(block))
		die("pwrite");
}

static void op_creat(void)
{
	int fd = open(NEW_PATH, O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || close(fd) || unlink(NEW_PATH))
		die(NEW_PATH);
}

static void op_rename(void)
{
	if (rename(FILE_PATH, MOVED_PATH) || rename(MOVED_PATH, FILE_PATH))
		die(MOVED_PATH);
}

static void op_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	(void)connect(fd, (struct sockaddr *)&to, sizeof(to));
	(void)close(fd);
}

static void wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		die("child");
}

static void op_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	wait_for(pid);
}

static void op_forkexec(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl(exit_program, "exit", (char *)NULL);
		_exit(127);
	}
	wait_for(pid);
}

static const struct op {
	const char *name;
	void (*run)(void);
	unsigned int n;
} ops[] = {
	{ "getppid", op_getppid, 500 }, { "open", op_open, 500 },
	{ "stat", op_stat, 500 },	{ "pread", op_pread, 500 },
	{ "write64k", op_write, 100 },	{ "creat", op_creat, 500 },
	{ "rename", op_rename, 250 },	{ "connect", op_connect, 200 },
	{ "fork", op_fork, 40 },	{ "forkexec", op_forkexec, 40 },
};

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t measure(const struct op *op)
{
	uint64_t rounds[ROUNDS], begin;

	for (int i = 0; i < 20; i++)
		op->run();
	for (int r = 0; r < ROUNDS; r++) {
		begin = now();
		for (unsigned int i = 0; i < op->n; i++)
			op->run();
		rounds[r] = (now() - begin) / op->n;
	}
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
	return rounds[ROUNDS / 2];
}

static void make_tree(void)
{
	char path[sizeof(FILE_PATH)];
	int fd;

	for (const char *p = strchr(&FILE_PATH[1], '/'); p;
	     p = strchr(p + 1, '/')) {
		memcpy(path, FILE_PATH, (size_t)(p - FILE_PATH));
		path[p - FILE_PATH] = '\0';
		(void)mkdir(path, 0755);
	}
	fd = open(FILE_PATH, O_RDWR | O_CREAT, 0644);
	if (fd < 0)
		die(FILE_PATH);
	data_fd = fd;
	op_write();
}

/* Rules at "/" and N - 1 further directories, as a policy would have them. */
static void confine_by_landlock(int n)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = (1ULL << 13) - 1,
	};
	struct landlock_path_beneath_attr rule = {
		.allowed_access = attr.handled_access_fs,
	};
	char path[64];
	int fd =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd < 0)
		die("landlock_create_ruleset");
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), i ? TREE "/rule%d" : TREE,
			       i);
		(void)mkdir(path, 0755);
		rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
		if (syscall(SYS_landlock_add_rule, fd,
			    LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
			die("landlock_add_rule");
		(void)close(rule.parent_fd);
	}
	rule.parent_fd = open(exit_program, O_PATH | O_CLOEXEC);
	rule.allowed_access =
	    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
	if (syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH,
		    &rule, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, fd, 0))
		die("landlock_restrict_self");
	(void)close(rule.parent_fd);
	(void)close(fd);
}

static void wait_for_file(const char *path)
{
	while (access(path, F_OK))
		(void)usleep(10000);
}

int main(int argc, char **argv)
{
	const char *go = NULL;
	char self[4096], *slash;
	int n_landlock = 0, i;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 16);

	if (len < 0)
		die("/proc/self/exe");
	self[len] = '\0';
	slash = strrchr(self, '/');
	(void)strcpy(slash + 1, "bench_exit");
	exit_program = self;

	for (i = 1; i < argc - 1; i++)
		if (!strcmp(argv[i], "--wait"))
			go = argv[++i];
		else if (!strcmp(argv[i], "--landlock"))
			n_landlock = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--wall"))
			is_wall = true;
		else
			break;
	if (i != argc - 1) {
		fprintf(stderr, "usage: bench_ops [--wait FILE] "
				"[--landlock N] [--wall] NAME\n");
		return 2;
	}
	make_tree();
	if (go)
		wait_for_file(go);
	if (n_landlock)
		confine_by_landlock(n_landlock);
	printf("%s", argv[i]);
	for (size_t o = 0; o < sizeof(ops) / sizeof(ops[0]); o++)
		printf("\t%llu", (unsigned long long)measure(&ops[o]));
	printf("\n");
	return 0;
}
