// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel and the host decide alike: generated rules with priorities,
 * patterns, extensions and `execute`, on a generated tree, for reading,
 * writing, executing, creating, renaming, linking and following links.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attack.h"
#include "confine.h"
#include "kt.h"
#include "policy/image.h"

#define TOP "/tmp/sem"
#define RULES 60
#define SEED 20260101U

static const char *const names[] = { "a", "ab", "b", "k1", "xa" };
static const char *const files[] = { "f",    "g.txt", "h.sh",
				     "i.SH", "j.so",  "k.tar.gz" };
#define N_NAMES (sizeof(names) / sizeof(names[0]))
#define N_FILES (sizeof(files) / sizeof(files[0]))
#define N_PATHS (N_NAMES * N_NAMES * N_FILES)

enum operation {
	OP_READ,
	OP_WRITE,
	OP_EXECUTE,
	OP_CREATE,
	OP_RENAME,
	OP_LINK,
	OP_FOLLOW, /* write through a symbolic link that is allowed itself */
	OP_END,
};

static const char *const operation_names[OP_END] = {
	"read", "write", "execute", "create", "rename", "link", "follow",
};

struct verdicts {
	int errors[N_PATHS][OP_END];
	bool is_done;
};

static uint32_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 1664525U + 1013904223U;
	return (random_state >> 8) % n;
}

static const char *pick_pattern(void)
{
	static const char *const patterns[] = { "a",  "ab", "b", "k1", "xa",
						"a*", "k?", "*", "**", "?a" };

	return patterns[random_below(sizeof(patterns) / sizeof(patterns[0]))];
}

static const char *make_policy(bool with_extensions)
{
	static const char *const access[] = { "forbidden", "read-only",
					      "read-write" };
	static char text[16384];
	size_t n = 0;

	n += (size_t)snprintf(
	    text, sizeof(text),
	    "version: 1\nname: sem\nfilesystem:\n"
	    "  default: read-only\n%s  rules:\n"
	    "    - { path: '/tmp/semlinks/*', "
	    "access: read-write, priority: 900 }\n",
	    with_extensions ? "  forbidden_extensions: [sh, so, gz]\n" : "");
	for (int i = 0; i < RULES; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n,
		    "    - { path: '" TOP "/%s/%s%s', access: %s, "
		    "priority: %u%s%s }\n",
		    pick_pattern(), pick_pattern(), random_below(2) ? "/*" : "",
		    access[random_below(3)], 100 + random_below(5) * 10,
		    random_below(4) ? "" : ", recursive: false",
		    random_below(3) ? "" : ", execute: false");
	return text;
}

static void path_of(size_t i, char *ret, size_t size)
{
	size_t file = i % N_FILES, two = i / N_FILES % N_NAMES;
	size_t one = i / N_FILES / N_NAMES;

	(void)snprintf(ret, size, TOP "/%s/%s/%s", names[one], names[two],
		       files[file]);
}

/* Another name for path i: in another directory, of another kind. */
static void target_of(size_t i, char *ret, size_t size)
{
	char other[128];

	path_of((i * 31 + 7) % N_PATHS, other, sizeof(other));
	(void)snprintf(ret, size, "%.*s/new%zu%s",
		       (int)(strrchr(other, '/') - other), other, i,
		       strchr(strrchr(other, '/'), '.')
			   ? strchr(strrchr(other, '/'), '.')
			   : "");
}

static void make_tree(void)
{
	char path[128], link[64];

	(void)mkdir(TOP, 0755);
	(void)mkdir("/tmp/semlinks", 0755);
	for (size_t i = 0; i < N_PATHS; i++) {
		path_of(i, path, sizeof(path));
		for (char *p = path + sizeof(TOP); (p = strchr(p, '/')); p++) {
			*p = '\0';
			(void)mkdir(path, 0755);
			*p = '/';
		}
		kt_write_file(path, "x");
		(void)snprintf(link, sizeof(link), "/tmp/semlinks/%zu", i);
		(void)unlink(link);
		kt_expect_ok(symlink(path, link));
	}
}

static int try_mapping(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *p;

	if (fd < 0)
		return errno;
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	(void)close(fd);
	if (p == MAP_FAILED)
		return errno;
	(void)munmap(p, 4096);
	return 0;
}

/* What succeeded is undone, so that the tree stays. */
static void try_path(size_t i, int *errors)
{
	char path[128], target[160], link_path[64];

	path_of(i, path, sizeof(path));
	target_of(i, target, sizeof(target));
	(void)snprintf(link_path, sizeof(link_path), "/tmp/semlinks/%zu", i);
	errors[OP_READ] = attack_open(path, O_RDONLY);
	errors[OP_WRITE] = attack_open(path, O_WRONLY);
	errors[OP_EXECUTE] = try_mapping(path);
	errors[OP_FOLLOW] = attack_open(link_path, O_WRONLY);
	errors[OP_CREATE] = attack_open(target, O_WRONLY | O_CREAT | O_EXCL);
	if (!errors[OP_CREATE])
		(void)unlink(target);
	errors[OP_RENAME] = rename(path, target) < 0 ? errno : 0;
	if (!errors[OP_RENAME])
		(void)rename(target, path);
	errors[OP_LINK] = link(path, target) < 0 ? errno : 0;
	if (!errors[OP_LINK])
		(void)unlink(target);
}

static void try_tree(void *shared)
{
	struct verdicts *v = shared;

	for (size_t i = 0; i < N_PATHS; i++)
		try_path(i, v->errors[i]);
	v->is_done = true;
}

static bool host_allows(const struct attest_image_hdr *image, const char *path,
			uint32_t access)
{
	struct attest_decision d;

	attest_image_decide(image, path, strlen(path), &d);
	return !(access & ~d.access) &&
	       (access == ATTEST_ACCESS_READ || !d.forbidden_extension);
}

static bool expected(const struct attest_image_hdr *image, size_t i,
		     enum operation op)
{
	char path[128], target[160];

	path_of(i, path, sizeof(path));
	target_of(i, target, sizeof(target));
	switch (op) {
	case OP_READ:
		return host_allows(image, path, ATTEST_ACCESS_READ);
	case OP_EXECUTE:
		return host_allows(image, path, ATTEST_ACCESS_READ) &&
		       host_allows(image, path, ATTEST_ACCESS_EXECUTE);
	case OP_CREATE:
		return host_allows(image, target, ATTEST_ACCESS_WRITE);
	case OP_RENAME:
	case OP_LINK:
		return host_allows(image, path, ATTEST_ACCESS_WRITE) &&
		       host_allows(image, target, ATTEST_ACCESS_WRITE);
	default:
		return host_allows(image, path, ATTEST_ACCESS_WRITE);
	}
}

static void compare(const struct attest_image_hdr *image,
		    const struct verdicts *v)
{
	size_t n[2] = { 0 };
	char path[128];

	for (size_t i = 0; i < N_PATHS; i++)
		for (enum operation op = 0; op < OP_END; op++) {
			bool is_allowed = expected(image, i, op);

			path_of(i, path, sizeof(path));
			n[is_allowed]++;
			if (v->errors[i][op] != (is_allowed ? 0 : EACCES))
				kt_fail("%s %s: %s in the kernel, %s by check",
					operation_names[op], path,
					strerror(v->errors[i][op]),
					is_allowed ? "allowed" : "refused");
		}
	/* Both kinds are there, or nothing was compared. */
	kt_check(n[0] > N_PATHS && n[1] > N_PATHS);
}

static void decide_alike(bool with_extensions)
{
	struct verdicts *v = confine_shared(sizeof(*v));
	struct attest_image_hdr *image = NULL;
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };
	static struct confine_result r;
	const char *text;

	if (confine_expected_rung() > ATTEST_RUNG_FMOD_RET)
		return; /* test_enforce looks at such rows */
	random_state = SEED + with_extensions;
	text = make_policy(with_extensions);
	make_tree();
	if (attest_policy_load(NULL, text, &policy, &diag) < 0)
		kt_fail("policy: %d:%d: %s", diag.line, diag.column, diag.text);
	kt_check_int(attest_image_build(policy, &image, &diag), 0);
	confine_pid(text, try_tree, v, true, &r);
	if (r.error < 0)
		kt_fail("%s", r.message);
	kt_check(v->is_done);
	compare(image, v);
	free(image);
	attest_policy_free(&policy);
}

static void paths_are_decided_alike(void)
{
	decide_alike(false);
}

static void extensions_are_decided_alike(void)
{
	decide_alike(true);
}

static const struct kt_test tests[] = {
	KT_TEST_FOR(paths_are_decided_alike, 60),
	KT_TEST_FOR(extensions_are_decided_alike, 60),
};

KT_MAIN(tests)
