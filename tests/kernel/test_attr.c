// SPDX-License-Identifier: Apache-2.0
/**
 * Times, extended attributes, ACLs, sizes by descriptor, symbolic links and
 * hidden paths: allowed works, refused is refused and recorded once.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "confine.h"
#include "event/record.h"
#include "kern/probe.h"
#include "kt.h"

#define RULES                                                                  \
	"  default: read-only\n"                                               \
	"  rules:\n"                                                           \
	"    - { path: /tmp/ok/*, access: read-write }\n"                      \
	"    - { path: /tmp/bind/*, access: read-write }\n"                    \
	"    - { path: /tmp/no/*, access: forbidden, priority: 200 }\n"        \
	"    - { path: /tmp/hidden/*, access: forbidden, hide: true, "         \
	"priority: 200 }\n"
#define POLICY "version: 1\nname: attr\nfilesystem:\n" RULES
#define POLICY_NO_LINKS POLICY "  symlinks: forbid\n"

#define OK "/tmp/ok"
#define NO "/tmp/no"
#define RO "/tmp/ro"
#define HIDDEN "/tmp/hidden"

struct step {
	const char *name;
	int (*act)(void);
	int expected; /* errno */
	/* Of the record, if it is refused. */
	enum attest_hook hook;
	enum attest_violation violation;
	const char *path;
};

struct run {
	const struct step *steps;
	size_t n;
	int errors[64];
	bool is_done;
};

/* Open before the policy is in force. */
static int inherited_fd = -1;

static int result_of(long r)
{
	return r < 0 ? errno : 0;
}

static void make_link(const char *target, const char *path)
{
	(void)unlink(path);
	kt_expect_ok(symlink(target, path));
}

/* Since 6.2. */
static bool has_file_truncate(void)
{
	struct attest_probe probe;

	attest_probe_kernel(&probe);
	return probe.version >= (6U << 8 | 2);
}

static void make_tree(void)
{
	static const char *const dirs[] = { OK,	    NO,		RO,
					    HIDDEN, "/tmp/src", "/tmp/bind" };
	static const char *const files[] = { OK "/f", NO "/f", RO "/f",
					     HIDDEN "/f", "/tmp/src/f" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		(void)mkdir(dirs[i], 0755);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		kt_write_file(files[i], "text\n");
	kt_expect_ok(chmod("/tmp", 01777));
	kt_expect_ok(setxattr(RO "/f", "trusted.old", "x", 1, 0));
	kt_expect_ok(setxattr(OK "/f", "trusted.old", "x", 1, 0));
	make_link("f", OK "/own");
	kt_expect_ok(lchown(OK "/own", 1000, 1000));
	make_link(RO "/f", OK "/root");
	make_link("f", RO "/system");
	make_link("f", RO "/user");
	kt_expect_ok(lchown(RO "/user", 1000, 1000));
}

static void try_steps(void *shared)
{
	struct run *run = shared;

	for (size_t i = 0; i < run->n; i++) {
		errno = 0;
		run->errors[i] = run->steps[i].act();
	}
	run->is_done = true;
}

static void check_record(const struct step *s, const struct confine_record *r)
{
	if (strcmp(r->path, s->path) || r->hook != s->hook ||
	    r->violation != s->violation || r->verdict != ATTEST_VERDICT_DENY)
		kt_fail("%s: the record is %s of '%s' at %s", s->name,
			attest_violation_name(r->violation), r->path,
			attest_hook_name(r->hook));
}

static void run_steps(const char *policy, const struct step *steps, size_t n)
{
	struct run *run = confine_shared(sizeof(*run));
	static struct confine_result r;
	size_t at = 0;

	run->steps = steps;
	run->n = n;
	confine_pid(policy, try_steps, run, true, &r);
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET) {
		kt_check_int(r.error, -EOPNOTSUPP);
		kt_check(!run->is_done);
		return;
	}
	if (r.error < 0)
		kt_fail("%s", r.message);
	kt_check(run->is_done);
	for (size_t i = 0; i < n; i++) {
		if (run->errors[i] != steps[i].expected)
			kt_fail("%s: %s, expected %s", steps[i].name,
				strerror(run->errors[i]),
				strerror(steps[i].expected));
		if (!steps[i].hook)
			continue;
		if (at >= r.n_records)
			kt_fail("%s: no record", steps[i].name);
		check_record(&steps[i], &r.records[at++]);
	}
	kt_check_int(r.n_records, at);
}

static int utimens_of(const char *path)
{
	return result_of(utimensat(AT_FDCWD, path, NULL, 0));
}

static int times_allowed(void)
{
	return utimens_of(OK "/f");
}

static int times_refused(void)
{
	return utimens_of(RO "/f");
}

static int times_old_call(void)
{
	struct timeval tv[2] = { { 1, 0 }, { 1, 0 } };

	return result_of(utimes(NO "/f", tv));
}

static int times_by_descriptor(void)
{
	int fd = open(RO "/f", O_RDONLY);

	return fd < 0 ? 255 : result_of(futimens(fd, NULL));
}

static int times_of_path_descriptor(void)
{
	int fd = open(NO "/f", O_PATH);

	return fd < 0 ? 255 : result_of(utimensat(fd, "", NULL, AT_EMPTY_PATH));
}

static int times_of_memfd(void)
{
	int fd = memfd_create("kt", 0);

	return fd < 0 ? 255 : result_of(futimens(fd, NULL));
}

static int times_by_bind(void)
{
	return utimens_of("/tmp/bind/f");
}

static int xattr_allowed(void)
{
	return result_of(setxattr(OK "/f", "trusted.kt", "x", 1, 0));
}

static int xattr_refused(void)
{
	return result_of(setxattr(RO "/f", "trusted.kt", "x", 1, 0));
}

static int xattr_by_descriptor(void)
{
	int fd = open(RO "/f", O_RDONLY);

	return fd < 0 ? 255 : result_of(fsetxattr(fd, "trusted.kt", "x", 1, 0));
}

static int xattr_capability(void)
{
	/* a file capability: cap_sys_admin, revision 2 */
	static const unsigned char cap[20] = { 1, 0, 0, 2, 0, 0, 32, 0 };

	return result_of(
	    setxattr(RO "/f", "security.capability", cap, sizeof(cap), 0));
}

static int removal_allowed(void)
{
	return result_of(removexattr(OK "/f", "trusted.old"));
}

static int removal_refused(void)
{
	return result_of(removexattr(RO "/f", "trusted.old"));
}

/* u::rw- u:1000:rwx g::r-- m::rwx o::r-- */
static const unsigned char acl[] = {
	2,    0,    0,	  0,	1,    0,    6,	0,    0xff, 0xff, 0xff,
	0xff, 2,    0,	  7,	0,    0xe8, 3,	0,    0,    4,	  0,
	4,    0,    0xff, 0xff, 0xff, 0xff, 16, 0,    7,    0,	  0xff,
	0xff, 0xff, 0xff, 32,	0,    4,    0,	0xff, 0xff, 0xff, 0xff,
};

static int acl_allowed(void)
{
	return result_of(
	    setxattr(OK "/f", "system.posix_acl_access", acl, sizeof(acl), 0));
}

static int acl_refused(void)
{
	return result_of(
	    setxattr(RO "/f", "system.posix_acl_access", acl, sizeof(acl), 0));
}

static int truncate_allowed(void)
{
	int fd = open(OK "/f", O_RDWR);

	return fd < 0 ? 255 : result_of(ftruncate(fd, 3));
}

static int truncate_inherited(void)
{
	return result_of(ftruncate(inherited_fd, 0));
}

static int truncate_memfd(void)
{
	int fd = memfd_create("kt", 0);

	return fd < 0 ? 255 : result_of(ftruncate(fd, 100));
}

#define PATH_VIOLATION ATTEST_VIOLATION_FORBIDDEN_PATH

static void changes_of_attributes_are_decided(void)
{
	enum attest_hook truncating = has_file_truncate()
					  ? ATTEST_HOOK_FILE_TRUNCATE
					  : ATTEST_HOOK_PATH_TRUNCATE;
	const struct step steps[] = {
		{ "utimensat, allowed", times_allowed, 0, 0, 0, NULL },
		{ "utimensat", times_refused, EACCES, ATTEST_HOOK_INODE_SETATTR,
		  PATH_VIOLATION, RO "/f" },
		{ "utimes", times_old_call, EACCES, ATTEST_HOOK_INODE_SETATTR,
		  PATH_VIOLATION, NO "/f" },
		{ "futimens", times_by_descriptor, EACCES,
		  ATTEST_HOOK_INODE_SETATTR, PATH_VIOLATION, RO "/f" },
		{ "utimensat of O_PATH", times_of_path_descriptor, EACCES,
		  ATTEST_HOOK_INODE_SETATTR, PATH_VIOLATION, NO "/f" },
		{ "futimens of a memfd", times_of_memfd, 0, 0, 0, NULL },
		{ "utimensat by bind mount", times_by_bind, 0, 0, 0, NULL },
		{ "setxattr, allowed", xattr_allowed, 0, 0, 0, NULL },
		{ "setxattr", xattr_refused, EACCES, ATTEST_HOOK_INODE_SETXATTR,
		  PATH_VIOLATION, RO "/f" },
		{ "fsetxattr", xattr_by_descriptor, EACCES,
		  ATTEST_HOOK_INODE_SETXATTR, PATH_VIOLATION, RO "/f" },
		{ "file capability", xattr_capability, EACCES,
		  ATTEST_HOOK_INODE_SETXATTR, PATH_VIOLATION, RO "/f" },
		{ "removexattr, allowed", removal_allowed, 0, 0, 0, NULL },
		{ "removexattr", removal_refused, EACCES,
		  ATTEST_HOOK_INODE_REMOVEXATTR, PATH_VIOLATION, RO "/f" },
		{ "ACL, allowed", acl_allowed, 0, 0, 0, NULL },
		{ "ACL", acl_refused, EACCES, ATTEST_HOOK_INODE_SETXATTR,
		  PATH_VIOLATION, RO "/f" },
		{ "ftruncate, allowed", truncate_allowed, 0, 0, 0, NULL },
		{ "ftruncate of an inherited descriptor", truncate_inherited,
		  EACCES, truncating, PATH_VIOLATION, RO "/f" },
		{ "ftruncate of a memfd", truncate_memfd, 0, 0, 0, NULL },
	};
	struct stat st;

	make_tree();
	kt_expect_ok(mount("/tmp/src", "/tmp/bind", NULL, MS_BIND, NULL));
	inherited_fd = (int)kt_expect_ok(open(RO "/f", O_RDWR));
	run_steps(POLICY, steps, sizeof(steps) / sizeof(steps[0]));
	kt_expect_ok(umount("/tmp/bind"));
	kt_expect_ok(stat(RO "/f", &st));
	kt_check_int(st.st_size, 5);
}

static int open_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

static int link_own(void)
{
	return open_path(OK "/own");
}

static int link_of_root(void)
{
	return open_path(OK "/root");
}

static int link_system(void)
{
	return open_path(RO "/system");
}

static int link_of_user(void)
{
	return open_path(RO "/user");
}

static int link_by_stat(void)
{
	struct stat st;

	return result_of(stat(OK "/own", &st));
}

static int link_itself(void)
{
	struct stat st;

	return result_of(lstat(OK "/own", &st));
}

static int link_of_proc(void)
{
	return open_path("/proc/self/exe");
}

static int link_made(void)
{
	return result_of(symlink("f", OK "/new"));
}

#define FOLLOW ATTEST_HOOK_INODE_FOLLOW_LINK, ATTEST_VIOLATION_SYMLINK

static void forbidden_links_are_not_followed(void)
{
	static const struct step steps[] = {
		{ "own link", link_own, EACCES, FOLLOW, OK "/own" },
		{ "root's link where one may write", link_of_root, EACCES,
		  FOLLOW, OK "/root" },
		{ "user's link where one may not", link_of_user, EACCES, FOLLOW,
		  RO "/user" },
		{ "link of the system", link_system, 0, 0, 0, NULL },
		{ "stat", link_by_stat, EACCES, FOLLOW, OK "/own" },
		{ "lstat", link_itself, 0, 0, 0, NULL },
		{ "/proc/self/exe", link_of_proc, 0, 0, 0, NULL },
		{ "symlink", link_made, EACCES, ATTEST_HOOK_PATH_SYMLINK,
		  ATTEST_VIOLATION_SYMLINK, OK "/new" },
	};
	static const struct step free_steps[] = {
		{ "own link", link_own, 0, 0, 0, NULL },
		{ "symlink", link_made, 0, 0, 0, NULL },
	};

	make_tree();
	run_steps(POLICY_NO_LINKS, steps, sizeof(steps) / sizeof(steps[0]));
	/* Nobody is held by it afterwards, and others never were. */
	kt_check_int(open_path(OK "/own"), 0);
	run_steps(POLICY, free_steps,
		  sizeof(free_steps) / sizeof(free_steps[0]));
	/* Where nothing can be refused nothing was done either. */
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET)
		kt_expect_errno(unlink(OK "/new"), ENOENT);
	else
		kt_expect_ok(unlink(OK "/new"));
}

static int hidden_by_stat(void)
{
	struct stat st;

	return result_of(stat(HIDDEN "/f", &st));
}

static int hidden_directory(void)
{
	struct stat st;

	return result_of(stat(HIDDEN, &st));
}

static int hidden_by_access(void)
{
	return result_of(access(HIDDEN "/f", F_OK));
}

static int hidden_by_access_of_mode(void)
{
	return result_of(access(HIDDEN "/f", R_OK));
}

static int hidden_by_chdir(void)
{
	return result_of(chdir(HIDDEN));
}

static int hidden_by_open(void)
{
	return open_path(HIDDEN "/f");
}

static int forbidden_by_stat(void)
{
	struct stat st;

	return result_of(stat(NO "/f", &st));
}

static int allowed_by_access(void)
{
	return result_of(access(OK "/f", R_OK | W_OK));
}

static int forbidden_by_open(void)
{
	return open_path(NO "/f");
}

static void hidden_paths_do_not_exist(void)
{
	static const struct step steps[] = {
		{ "stat", hidden_by_stat, ENOENT, ATTEST_HOOK_INODE_GETATTR,
		  PATH_VIOLATION, HIDDEN "/f" },
		{ "stat of the directory", hidden_directory, ENOENT,
		  ATTEST_HOOK_INODE_GETATTR, PATH_VIOLATION, HIDDEN },
		{ "access, R_OK", hidden_by_access_of_mode, ENOENT,
		  ATTEST_HOOK_INODE_PERMISSION, PATH_VIOLATION, HIDDEN "/f" },
		{ "access", hidden_by_access, ENOENT,
		  ATTEST_HOOK_INODE_PERMISSION, PATH_VIOLATION, HIDDEN "/f" },
		{ "chdir", hidden_by_chdir, ENOENT,
		  ATTEST_HOOK_INODE_PERMISSION, PATH_VIOLATION, HIDDEN },
		{ "open", hidden_by_open, ENOENT, ATTEST_HOOK_FILE_OPEN,
		  PATH_VIOLATION, HIDDEN "/f" },
		{ "stat of what is forbidden", forbidden_by_stat, 0, 0, 0,
		  NULL },
		{ "access, allowed", allowed_by_access, 0, 0, 0, NULL },
		{ "open of what is forbidden", forbidden_by_open, EACCES,
		  ATTEST_HOOK_FILE_OPEN, PATH_VIOLATION, NO "/f" },
	};
	struct stat st;

	make_tree();
	run_steps(POLICY, steps, sizeof(steps) / sizeof(steps[0]));
	kt_expect_ok(stat(HIDDEN "/f", &st));
}

static const struct kt_test tests[] = {
	KT_TEST(changes_of_attributes_are_decided),
	KT_TEST(forbidden_links_are_not_followed),
	KT_TEST(hidden_paths_do_not_exist),
};

KT_MAIN(tests)
