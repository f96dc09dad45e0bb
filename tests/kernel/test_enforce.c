// SPDX-License-Identifier: Apache-2.0
/**
 * The main job on every row: allowed works, refused gives EACCES and exactly
 * one record with the right fields, detaching restores. Rows that cannot
 * enforce through BPF must say so and start nothing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "kt.h"
#include "policy/image.h"

#define POLICY                                                                 \
	"version: 1\n"                                                         \
	"name: test\n"                                                         \
	"filesystem:\n"                                                        \
	"  default: read-only\n"                                               \
	"  rules:\n"                                                           \
	"    - { path: /tmp/*, access: read-write }\n"                         \
	"    - { path: /tmp/kt/no/*, access: forbidden, priority: 200 }\n"     \
	"    - { path: /etc/shadow, access: forbidden, priority: 300 }\n"

static void write_text(const char *path, const char *text)
{
	int fd = (int)kt_expect_ok(
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));

	kt_check_int(write(fd, text, strlen(text)), (long)strlen(text));
	(void)close(fd);
}

static void make_tree(void)
{
	(void)mkdir("/tmp/kt", 0755);
	(void)mkdir("/tmp/kt/no", 0755);
	(void)mkdir("/tmp/kt/yes", 0755);
	write_text("/tmp/kt/no/file", "secret\n");
	write_text("/tmp/kt/yes/file", "open\n");
	write_text("/etc/shadow", "root:x\n");
}

/* What the child saw. */
struct seen {
	int allowed;
	int refused;
	int other;
	bool is_done;
};

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

static void read_two(void *shared)
{
	struct seen *seen = shared;

	seen->allowed = try_open("/tmp/kt/yes/file", O_RDWR);
	seen->refused = try_open("/etc/shadow", O_RDONLY);
	seen->is_done = true;
}

static void check_shadow_record(const struct confine_result *r)
{
	const struct confine_record *rec = &r->records[0];

	kt_check_int(r->n_records, 1);
	kt_check_int(r->n_lost, 0);
	kt_check_int(rec->kind, ATTEST_KIND_FILESYSTEM);
	kt_check_int(rec->violation, ATTEST_VIOLATION_FORBIDDEN_PATH);
	kt_check_int(rec->verdict, ATTEST_VERDICT_DENY);
	kt_check_int(rec->layer, ATTEST_LAYER_BPF);
	kt_check_int(rec->hook, ATTEST_HOOK_FILE_OPEN);
	kt_check_int(rec->pid, r->pid);
	kt_check_int(rec->access, ATTEST_ACCESS_READ);
	kt_check_int(rec->syscall, SYS_openat);
	kt_check_int(rec->rule, 3);
	kt_check_str(rec->path, "/etc/shadow");
	kt_check_str(rec->rule_text, "/etc/shadow");
}

/* Either the row enforces, or it refuses to claim so and nothing ran. */
static bool is_enforcing(const struct confine_result *r,
			 const struct seen *seen)
{
	enum attest_rung expected = confine_expected_rung();

	kt_check_str(attest_rung_name(r->rung), attest_rung_name(expected));
	if (expected <= ATTEST_RUNG_FMOD_RET) {
		if (r->error < 0)
			kt_fail("%s", r->message);
		kt_check(seen->is_done);
		return true;
	}
	kt_check_int(r->error, -EOPNOTSUPP);
	kt_check(!seen->is_done);
	kt_check(r->message[0] != '\0');
	return false;
}

static void a_running_process_is_confined(void)
{
	struct seen *seen = confine_shared(sizeof(*seen));
	struct confine_result r;

	make_tree();
	confine_pid(POLICY, read_two, seen, true, &r);
	if (!is_enforcing(&r, seen))
		return;
	kt_check_int(seen->allowed, 0);
	kt_check_int(seen->refused, EACCES);
	check_shadow_record(&r);
	/* Detached: we and everybody else are free. */
	kt_check_int(try_open("/etc/shadow", O_RDWR), 0);
}

static void a_cgroup_is_confined(void)
{
	struct seen *seen = confine_shared(sizeof(*seen));
	struct confine_result r;

	make_tree();
	confine_cgroup(POLICY, read_two, seen, &r);
	if (!is_enforcing(&r, seen))
		return;
	kt_check_int(seen->allowed, 0);
	kt_check_int(seen->refused, EACCES);
	check_shadow_record(&r);
	kt_check_int(try_open("/etc/shadow", O_RDWR), 0);
}

static void watching_refuses_nothing(void)
{
	struct seen *seen = confine_shared(sizeof(*seen));
	struct confine_result r;

	make_tree();
	confine_pid(POLICY, read_two, seen, false, &r);
	if (r.error == -EOPNOTSUPP &&
	    confine_expected_rung() > ATTEST_RUNG_FMOD_RET)
		return;
	kt_check_int(r.error, 0);
	kt_check_int(seen->refused, 0);
	kt_check_int(r.n_records, 1);
	kt_check_int(r.records[0].verdict, ATTEST_VERDICT_AUDIT);
	kt_check_str(r.records[0].path, "/etc/shadow");
}

/* Everything the table of operations has, on a forbidden path. */
struct operation {
	const char *name;
	int (*act)(void);
	const char *path;
	const char *path2;
	enum attest_hook hook;
};

struct outcomes {
	int errors[32];
	bool is_done;
};

#define NO "/tmp/kt/no"
#define YES "/tmp/kt/yes"

static int result_of(long r)
{
	return r < 0 ? errno : 0;
}

static int op_read(void)
{
	return try_open(NO "/file", O_RDONLY);
}

static int op_write(void)
{
	return try_open(YES "/../../../etc/hosts", O_WRONLY);
}

static int op_create(void)
{
	return try_open(NO "/new", O_WRONLY | O_CREAT);
}

static int op_truncate(void)
{
	return result_of(truncate(NO "/file", 0));
}

static int op_unlink(void)
{
	return result_of(unlink(NO "/file"));
}

static int op_mkdir(void)
{
	return result_of(mkdir(NO "/dir", 0755));
}

static int op_rmdir(void)
{
	return result_of(rmdir(NO));
}

static int op_rename_from(void)
{
	return result_of(rename(NO "/file", YES "/moved"));
}

static int op_rename_to(void)
{
	return result_of(rename(YES "/file", NO "/moved"));
}

static int op_link(void)
{
	return result_of(link(NO "/file", YES "/linked"));
}

static int op_symlink(void)
{
	return result_of(symlink("x", NO "/symlink"));
}

static int op_mknod(void)
{
	return result_of(mknod(NO "/fifo", S_IFIFO | 0644, 0));
}

static int op_chmod(void)
{
	return result_of(chmod(NO "/file", 0600));
}

static int op_chown(void)
{
	return result_of(chown(NO "/file", 1, 1));
}

static int op_exec(void)
{
	char *argv[] = { (char *)"x", NULL };

	return result_of(execv(NO "/file", argv));
}

static int op_readdir(void)
{
	return try_open(NO, O_RDONLY | O_DIRECTORY);
}

static int op_parent(void)
{
	return result_of(rename("/tmp/kt", "/tmp/kt2"));
}

static const struct operation operations[] = {
	{ "read", op_read, NO "/file", "", ATTEST_HOOK_FILE_OPEN },
	{ "write", op_write, "/etc/hosts", "", ATTEST_HOOK_FILE_OPEN },
	{ "create", op_create, NO "/new", "", ATTEST_HOOK_PATH_MKNOD },
	{ "truncate", op_truncate, NO "/file", "", ATTEST_HOOK_PATH_TRUNCATE },
	{ "unlink", op_unlink, NO "/file", "", ATTEST_HOOK_PATH_UNLINK },
	{ "mkdir", op_mkdir, NO "/dir", "", ATTEST_HOOK_PATH_MKDIR },
	{ "rmdir", op_rmdir, NO, "", ATTEST_HOOK_PATH_RMDIR },
	{ "rename from", op_rename_from, NO "/file", YES "/moved",
	  ATTEST_HOOK_PATH_RENAME },
	{ "rename to", op_rename_to, YES "/file", NO "/moved",
	  ATTEST_HOOK_PATH_RENAME },
	{ "link", op_link, NO "/file", YES "/linked", ATTEST_HOOK_PATH_LINK },
	{ "symlink", op_symlink, NO "/symlink", "", ATTEST_HOOK_PATH_SYMLINK },
	{ "mknod", op_mknod, NO "/fifo", "", ATTEST_HOOK_PATH_MKNOD },
	{ "chmod", op_chmod, NO "/file", "", ATTEST_HOOK_PATH_CHMOD },
	{ "chown", op_chown, NO "/file", "", ATTEST_HOOK_PATH_CHOWN },
	{ "exec", op_exec, NO "/file", "", ATTEST_HOOK_FILE_OPEN },
	{ "readdir", op_readdir, NO, "", ATTEST_HOOK_FILE_OPEN },
	{ "rename of a parent", op_parent, "/tmp/kt", "/tmp/kt2",
	  ATTEST_HOOK_PATH_RENAME },
};
#define N_OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static void try_operations(void *shared)
{
	struct outcomes *outcomes = shared;

	for (size_t i = 0; i < N_OPERATIONS; i++) {
		errno = 0;
		outcomes->errors[i] = operations[i].act();
	}
	outcomes->is_done = true;
}

static void check_operation(const struct confine_result *r, size_t i, int error)
{
	const struct operation *op = &operations[i];
	const struct confine_record *rec = &r->records[i];

	if (error != EACCES)
		kt_fail("%s: %s, expected EACCES", op->name, strerror(error));
	if (i >= r->n_records)
		kt_fail("%s: no record", op->name);
	if (strcmp(rec->path, op->path) || strcmp(rec->path2, op->path2) ||
	    rec->hook != op->hook || rec->verdict != ATTEST_VERDICT_DENY)
		kt_fail("%s: record %zu is of '%s' '%s' at %s", op->name, i,
			rec->path, rec->path2, attest_hook_name(rec->hook));
}

static void every_operation_is_refused_and_recorded_once(void)
{
	struct outcomes *outcomes = confine_shared(sizeof(*outcomes));
	struct confine_result r;

	make_tree();
	confine_pid(POLICY, try_operations, outcomes, true, &r);
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET) {
		kt_check_int(r.error, -EOPNOTSUPP);
		kt_check(!outcomes->is_done);
		return;
	}
	kt_check_int(r.error, 0);
	kt_check(outcomes->is_done);
	for (size_t i = 0; i < N_OPERATIONS; i++)
		check_operation(&r, i, outcomes->errors[i]);
	kt_check_int(r.n_records, N_OPERATIONS);
	kt_check_int(r.records[1].violation, ATTEST_VIOLATION_PATH_TRAVERSAL);
	/* All of it is as it was. */
	kt_check_int(try_open(NO "/file", O_RDWR), 0);
}

/* The same operations where they are allowed. */
static void try_allowed(void *shared)
{
	struct outcomes *o = shared;
	int i = 0;

	o->errors[i++] = try_open(YES "/new", O_RDWR | O_CREAT);
	o->errors[i++] = result_of(truncate(YES "/new", 10));
	o->errors[i++] = result_of(mkdir(YES "/dir", 0755));
	o->errors[i++] = result_of(rename(YES "/dir", YES "/dir2"));
	o->errors[i++] = result_of(rmdir(YES "/dir2"));
	o->errors[i++] = result_of(link(YES "/new", YES "/link"));
	o->errors[i++] = result_of(symlink("new", YES "/sym"));
	o->errors[i++] = try_open(YES "/sym", O_RDONLY);
	o->errors[i++] = result_of(chmod(YES "/new", 0700));
	o->errors[i++] = result_of(unlink(YES "/link"));
	o->errors[i++] = result_of(unlink(YES "/sym"));
	o->errors[i++] = result_of(unlink(YES "/new"));
	o->errors[i++] = try_open("/etc/hosts", O_RDONLY);
	/* An existing file that may be read, opened as one to create. */
	o->errors[i++] = try_open("/etc/hosts", O_RDONLY | O_CREAT);
	o->is_done = true;
}

static void what_is_allowed_works_without_a_record(void)
{
	struct outcomes *outcomes = confine_shared(sizeof(*outcomes));
	struct confine_result r;

	make_tree();
	write_text("/etc/hosts", "127.0.0.1 localhost\n");
	confine_pid(POLICY, try_allowed, outcomes, true, &r);
	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET) {
		kt_check_int(r.error, -EOPNOTSUPP);
		return;
	}
	kt_check_int(r.error, 0);
	kt_check(outcomes->is_done);
	for (int i = 0; i < 14; i++)
		if (outcomes->errors[i])
			kt_fail("step %d: %s", i,
				strerror(outcomes->errors[i]));
	kt_check_int(r.n_records, 0);
}

/* The kernel and the host decide alike on a tree of generated paths. */
#define TREE_DIRS 6
static const char tree_policy[] =
    "version: 1\nfilesystem:\n  default: read-only\n  rules:\n"
    "    - { path: '/tmp/tree/a*/*', access: forbidden }\n"
    "    - { path: '/tmp/tree/**/k?', access: forbidden, priority: 150 }\n"
    "    - { path: '/tmp/tree/*/c/[d-f]*', access: read-write, "
    "priority: 160 }\n"
    "    - { path: '/tmp/tree/b/*', access: forbidden, recursive: false, "
    "priority: 170 }\n";

static void each_path(void (*fn)(const char *path, void *ctx), void *ctx)
{
	static const char *const one[TREE_DIRS] = { "a", "ab", "b",
						    "c", "xa", "k1" };
	static const char *const two[TREE_DIRS] = { "c", "d", "k2",
						    "e", "a", "kk" };
	static const char *const files[TREE_DIRS] = { "d", "e.txt", "k9",
						      "z", "f",	    "kkk" };
	char path[128];

	for (int i = 0; i < TREE_DIRS; i++)
		for (int j = 0; j < TREE_DIRS; j++)
			for (int k = 0; k < TREE_DIRS; k++) {
				(void)snprintf(path, sizeof(path),
					       "/tmp/tree/%s/%s/%s", one[i],
					       two[j], files[k]);
				fn(path, ctx);
			}
}

static void make_file(const char *path, void *ctx)
{
	char dir[128];

	(void)ctx;
	(void)mkdir("/tmp/tree", 0755);
	for (const char *p = strchr(path + 10, '/'); p;
	     p = strchr(p + 1, '/')) {
		(void)snprintf(dir, sizeof(dir), "%.*s", (int)(p - path), path);
		(void)mkdir(dir, 0755);
	}
	write_text(path, "x");
}

struct verdicts {
	int n;
	bool reads[300];
	bool writes[300];
	bool is_done;
};

static void try_path(const char *path, void *ctx)
{
	struct verdicts *v = ctx;

	v->reads[v->n] = try_open(path, O_RDONLY) == 0;
	v->writes[v->n++] = try_open(path, O_WRONLY) == 0;
}

static void try_tree(void *shared)
{
	struct verdicts *v = shared;

	each_path(try_path, v);
	v->is_done = true;
}

struct compare {
	const struct attest_image_hdr *image;
	const struct verdicts *kernel;
	int n;
};

static void compare_path(const char *path, void *ctx)
{
	struct attest_decision host;
	struct compare *c = ctx;
	int i = c->n++;

	attest_image_decide(c->image, path, strlen(path), &host);
	if (c->kernel->reads[i] != !!(host.access & ATTEST_ACCESS_READ) ||
	    c->kernel->writes[i] != !!(host.access & ATTEST_ACCESS_WRITE))
		kt_fail("%s: the kernel and `check` differ", path);
}

static void the_kernel_decides_as_check_does(void)
{
	struct verdicts *v = confine_shared(sizeof(*v));
	struct attest_image_hdr *image = NULL;
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };
	struct compare c = { .kernel = v };
	static struct confine_result r;

	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET)
		return; /* a_running_process_is_confined looks at this row */
	each_path(make_file, NULL);
	kt_check_int(attest_policy_load(NULL, tree_policy, &policy, &diag), 0);
	kt_check_int(attest_image_build(policy, &image, &diag), 0);
	confine_pid(tree_policy, try_tree, v, true, &r);
	kt_check_int(r.error, 0);
	kt_check(v->is_done);
	c.image = image;
	each_path(compare_path, &c);
	free(image);
	attest_policy_free(&policy);
}

static const struct kt_test tests[] = {
	KT_TEST(a_running_process_is_confined),
	KT_TEST(a_cgroup_is_confined),
	KT_TEST(watching_refuses_nothing),
	KT_TEST(every_operation_is_refused_and_recorded_once),
	KT_TEST(what_is_allowed_works_without_a_record),
	KT_TEST(the_kernel_decides_as_check_does),
};

KT_MAIN(tests)
