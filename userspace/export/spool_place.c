// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "export/spool_place.h"

#define ROOT "/var/lib/attest-bpf/spool"
/* Processes that may send to one URL at a time, a spool each. */
#define SLOTS 64
#define URL_NAME "url"

static int make_parents(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *p = copy + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return -errno;
		*p = c;
		if (c == '\0')
			return 0;
	}
}

static int default_root(char **ret)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	int n;

	if (geteuid() == 0)
		n = asprintf(ret, ROOT);
	else if (state && state[0] == '/')
		n = asprintf(ret, "%s/attest-bpf/spool", state);
	else
		n = asprintf(ret, "%s/.local/state/attest-bpf/spool",
			     home ? home : "");
	return n < 0 ? -ENOMEM : 0;
}

static uint64_t hash(const struct attest_url *url)
{
	const char *const parts[] = { url->scheme, url->authority, url->path };
	uint64_t h = 0xcbf29ce484222325ULL; /* FNV-1a */

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *p = parts[i]; *p; p++)
			h = (h ^ (unsigned char)*p) * 0x100000001b3ULL;
	return h;
}

static int open_slot(const char *root, const struct attest_url *url,
		     const struct attest_spool_options *options,
		     struct attest_spool **ret, char **ret_dir)
{
	int r = make_parents(root);

	if (r < 0)
		return r;
	for (int slot = 0; slot < SLOTS; slot++) {
		_cleanup_free_ char *dir = NULL;

		if (asprintf(&dir, "%s/%s-%016llx.%d", root, url->scheme,
			     (unsigned long long)hash(url), slot) < 0) {
			dir = NULL;
			return -ENOMEM;
		}
		r = attest_spool_open(dir, options, ret);
		if (r >= 0)
			*ret_dir = TAKE_PTR(dir);
		if (r != -EBUSY)
			return r;
	}
	return r;
}

static int open_temporary(const struct attest_spool_options *options,
			  struct attest_spool **ret,
			  struct attest_spool_where *ret_where)
{
	const char *tmp = getenv("TMPDIR");
	char *dir;
	int r;

	if (asprintf(&dir, "%s/attest-spool-XXXXXX",
		     tmp && tmp[0] ? tmp : "/tmp") < 0)
		return -ENOMEM;
	if (!mkdtemp(dir)) {
		r = -errno;
		free(dir);
		return r;
	}
	r = attest_spool_open(dir, options, ret);
	ret_where->directory = dir;
	ret_where->is_temporary = true;
	if (r < 0)
		attest_spool_place_done(ret_where);
	return r;
}

void attest_spool_place_done(struct attest_spool_where *where)
{
	_cleanup_free_ char *directory = TAKE_PTR(where->directory);
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;

	if (!directory || !where->is_temporary)
		return;
	dir = opendir(directory);
	while (dir && (entry = readdir(dir)))
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	(void)rmdir(directory);
}

/* Whole or not at all: a replay must not go to half a name. */
static int write_url(const char *directory, const char *url)
{
	_cleanup_free_ char *path = NULL, *new = NULL;
	_cleanup_close_ int fd = -1;
	size_t n = strlen(url);

	if (asprintf(&path, "%s/" URL_NAME, directory) < 0 ||
	    asprintf(&new, "%s/" URL_NAME ".new", directory) < 0)
		return -ENOMEM;
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return -errno;
	if (write(fd, url, n) != (ssize_t)n || rename(new, path) < 0) {
		(void)unlink(new);
		return -EIO;
	}
	return 0;
}

int attest_spool_place_url(const char *dir, char **ret_url)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/" URL_NAME, dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return attest_read_file(path, ATTEST_URL_MAX, ret_url, NULL);
}

static int read_options(const struct attest_url *url,
			struct attest_spool_options *options,
			struct attest_diag *diag)
{
	const char *sync = attest_url_arg(url, "sync");
	int r;

	options->sync = ATTEST_SPOOL_SYNC_INTERVAL;
	if (sync && strcmp(sync, "none") == 0)
		options->sync = ATTEST_SPOOL_SYNC_NONE;
	else if (sync && strcmp(sync, "always") == 0)
		options->sync = ATTEST_SPOOL_SYNC_ALWAYS;
	else if (sync && strcmp(sync, "interval") != 0)
		return attest_export_fail(diag, -EINVAL,
					  "'sync=' is none, interval or "
					  "always");
	r = attest_url_bytes(url, "spool_max", 256U << 20, &options->max_bytes,
			     diag);
	if (r >= 0)
		r = attest_url_duration(url, "spool_age",
					7 * 86400 * 1000000000ULL,
					&options->max_age_ns, diag);
	if (r >= 0 && options->max_bytes < 1 << 20)
		return attest_export_fail(diag, -EINVAL,
					  "'spool_max=' is at least 1M");
	return r;
}

/* The directory that the caller or the URL names, or one of the root's. */
static int open_lasting(const struct attest_transport_args *args,
			const char *dir,
			const struct attest_spool_options *options,
			struct attest_spool **ret,
			struct attest_spool_where *ret_where, char **ret_tried)
{
	const char *root = args->options->spool_root;
	int r = 0;

	if (dir)
		*ret_tried = strdup(dir);
	else if (root)
		*ret_tried = strdup(root);
	else
		(void)default_root(ret_tried);
	if (!*ret_tried)
		return -ENOMEM;
	if (!dir)
		return open_slot(*ret_tried, args->url, options, ret,
				 &ret_where->directory);
	if (!args->options->spool_dir)
		r = make_parents(dir);
	if (r >= 0)
		r = attest_spool_open(dir, options, ret);
	if (r >= 0)
		ret_where->directory = strdup(dir);
	return r;
}

int attest_spool_place(const struct attest_transport_args *args,
		       struct attest_spool **ret,
		       struct attest_spool_where *ret_where,
		       struct attest_diag *reterr_diag)
{
	const char *named = args->options->spool_dir;
	const char *dir = named ? named : attest_url_arg(args->url, "spool");
	struct attest_spool_options options = { 0 };
	_cleanup_free_ char *tried = NULL;
	int r;

	memset(ret_where, 0, sizeof(*ret_where));
	r = read_options(args->url, &options, reterr_diag);
	if (r < 0)
		return r;
	if (named)
		options.max_age_ns = 0;
	if (dir && strcmp(dir, "none") == 0) {
		options.sync = ATTEST_SPOOL_SYNC_NONE;
		r = open_temporary(&options, ret, ret_where);
	} else {
		r = open_lasting(args, dir, &options, ret, ret_where, &tried);
		/* Only a replay without --export would miss it. */
		if (r >= 0 && ret_where->directory && !named)
			(void)write_url(ret_where->directory, args->text);
	}
	if (r < 0)
		return attest_export_fail(
		    reterr_diag, r, "cannot open the spool in '%.100s': %s%s",
		    tried ? tried : "",
		    r == -EBUSY ? "another process has it"
				: strerrordesc_np(-r),
		    named ? ""
			  : "; choose another with spool=DIR, or do without by "
			    "spool=none");
	return 0;
}
