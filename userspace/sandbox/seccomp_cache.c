// SPDX-License-Identifier: Apache-2.0
/**
 * Filters that are built already: in the program, or in a file.
 *
 * A file of the cache is believed only if it and its folder are ours and
 * closed to everybody else, and its digest covers the filter together with
 * all that it was built from.
 */
#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "sandbox/seccomp.h"
#include "sandbox/seccomp_builtin.h"

#define PATH_LEN 4096
#define HEX_LEN (2 * SHA256_DIGEST_LENGTH + 1)
/* Of the file's layout and of what seccomp_build.c makes of a profile. */
#define CACHE_VERSION 1

/* A file: this, then the instructions. */
struct entry {
	uint8_t digest[SHA256_DIGEST_LENGTH]; /* of key and instructions */
};

/* Everything that the filter depends on, as text. */
static char *make_key(const struct attest_seccomp_profile *profile,
		      const struct attest_seccomp_options *o)
{
	_cleanup_free_ char *json = attest_seccomp_to_json(profile);
	const struct scmp_version *v = seccomp_version();
	_cleanup_str_ struct attest_str key = { 0 };
	struct attest_seccomp_here here;
	const struct attest_scmp_where *w = o->where;

	if (!json)
		return NULL;
	attest_seccomp_here(&here);
	w = w ?: &here.where;
	attest_str_printf(&key,
			  "attest-bpf %d libseccomp %u.%u.%u arch %x %s "
			  "kernel %x notify %d listener %d tracer %d\n",
			  CACHE_VERSION, v->major, v->minor, v->micro,
			  o->arch ?: seccomp_arch_native(), w->arch, w->kernel,
			  o->notify, o->listener, o->tracer);
	for (size_t i = 0; i < w->n_caps; i++)
		attest_str_printf(&key, "%s\n", w->caps[i]);
	attest_str_puts(&key, json);

	return attest_str_take(&key);
}

static bool is_private(const struct stat *st, mode_t type)
{
	return (st->st_mode & S_IFMT) == type && st->st_uid == geteuid() &&
	       !(st->st_mode & 077);
}

/* The cache's folder, made if need be; -errno if it cannot be trusted. */
static int open_folder(void)
{
	const char *cache = secure_getenv("XDG_CACHE_HOME");
	const char *home = secure_getenv("HOME");
	char path[PATH_LEN];
	struct stat st;
	int fd, n;

	if (cache && *cache == '/')
		n = snprintf(path, sizeof(path), "%s", cache);
	else if (home && *home == '/')
		n = snprintf(path, sizeof(path), "%s/.cache", home);
	else
		return -ENOENT;
	if (n < 0 || (size_t)n + sizeof("/attest-bpf") > sizeof(path))
		return -ENAMETOOLONG;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	memcpy(path + n, "/attest-bpf", sizeof("/attest-bpf"));
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !is_private(&st, S_IFDIR)) {
		(void)close(fd);
		return -EPERM;
	}

	return fd;
}

static void sha256(const void *data, size_t len,
		   uint8_t digest[SHA256_DIGEST_LENGTH])
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, data, len);
	SHA256Final(digest, &sha);
}

static void make_digest(const char *key, const void *insns, size_t len,
			uint8_t digest[SHA256_DIGEST_LENGTH])
{
	_cleanup_str_ struct attest_str all = { 0 };

	attest_str_append(&all, key, strlen(key) + 1);
	attest_str_append(&all, insns, len);
	/* Without memory: a digest that no file has. */
	if (all.error)
		memset(digest, 0, SHA256_DIGEST_LENGTH);
	else
		sha256(all.data, all.len, digest);
}

static void file_name(const char *key, char name[HEX_LEN])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	sha256(key, strlen(key), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(name + 2 * i, 3, "%02x", digest[i]);
}

static int load(int folder, const char *name, const char *key,
		struct sock_fprog *ret)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *data = NULL;
	struct sock_filter *insns;
	struct stat st;
	size_t len;

	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !is_private(&st, S_IFREG))
		return -EPERM;
	if (attest_read_fd(fd,
			   sizeof(struct entry) + BPF_MAXINSNS * sizeof(*insns),
			   &data, &len) < 0 ||
	    len <= sizeof(struct entry))
		return -EBADMSG;
	len -= sizeof(struct entry);
	make_digest(key, data + sizeof(struct entry), len, digest);
	if (len % sizeof(*insns) || memcmp(digest, data, sizeof(digest)) != 0)
		return -EBADMSG;
	insns = malloc(len);
	if (!insns)
		return -ENOMEM;
	memcpy(insns, data + sizeof(struct entry), len);
	ret->filter = insns;
	ret->len = len / sizeof(*insns);

	return 0;
}

/* A file that is there under its name is whole. Failing is no harm. */
static void store(int folder, const char *name, const char *key,
		  const struct sock_fprog *prog)
{
	size_t len = prog->len * sizeof(*prog->filter);
	struct entry entry;
	char temporary[HEX_LEN + 32];
	int fd;

	make_digest(key, prog->filter, len, entry.digest);
	(void)snprintf(temporary, sizeof(temporary), "%s.%d", name, getpid());
	fd = openat(folder, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (attest_write_all(fd, &entry, sizeof(entry)) < 0 ||
	    attest_write_all(fd, prog->filter, len) < 0 ||
	    renameat(folder, temporary, folder, name) < 0)
		(void)unlinkat(folder, temporary, 0);
	(void)close(fd);
}

/* Levels have no conditions: only the machine and the supervisor matter. */
static bool find_builtin(const struct attest_seccomp_profile *profile,
			 const struct attest_seccomp_options *o,
			 struct attest_seccomp_filter *ret)
{
	const struct attest_seccomp_builtin *b = attest_seccomp_builtins;

	if (!profile->builtin || (o->arch && o->arch != seccomp_arch_native()))
		return false;
	for (; b->name; b++) {
		if (strcmp(b->name, profile->name) != 0 ||
		    b->notify != o->notify)
			continue;
		ret->prog.filter = (struct sock_filter *)(uintptr_t)b->insns;
		ret->prog.len = b->n_insns;
		ret->flags = b->flags;
		ret->borrowed = true;
		return true;
	}

	return false;
}

int attest_seccomp_filter_get(const struct attest_seccomp_profile *profile,
			      const struct attest_seccomp_options *options,
			      struct attest_seccomp_filter *ret,
			      struct attest_str *notes,
			      struct attest_diag *reterr_diag)
{
	static const struct attest_seccomp_options defaults;
	_cleanup_close_ int folder = -1;
	_cleanup_free_ char *key = NULL;
	char name[HEX_LEN];
	int r;

	options = options ?: &defaults;
	if (find_builtin(profile, options, ret))
		return 0;
	key = make_key(profile, options);
	if (!key)
		return -ENOMEM;
	file_name(key, name);
	folder = open_folder();
	if (folder >= 0 && load(folder, name, key, &ret->prog) == 0) {
		ret->flags = attest_seccomp_filter_flags(profile, options);
		ret->borrowed = false;
		return 0;
	}
	r = attest_seccomp_compile(profile, options, ret, notes, reterr_diag);
	if (r < 0)
		return r;
	if (folder >= 0)
		store(folder, name, key, &ret->prog);

	return 0;
}
