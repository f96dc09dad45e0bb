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
#include "export/spool_place.h"

#define ROOT "/var/lib/attest-bpf/spool"
/* Processes that may send to one URL at a time, a spool each. */
#define SLOTS 64

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
		     struct attest_spool **ret)
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
		if (r != -EBUSY)
			return r;
	}
	return r;
}

static int open_temporary(const struct attest_spool_options *options,
			  struct attest_spool **ret, char **ret_temporary)
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
	if (r < 0)
		attest_spool_place_remove(&dir);
	else
		*ret_temporary = dir;
	return r;
}

void attest_spool_place_remove(char **directory)
{
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;

	if (!*directory)
		return;
	dir = opendir(*directory);
	while (dir && (entry = readdir(dir)))
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	(void)rmdir(*directory);
	free(TAKE_PTR(*directory));
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

int attest_spool_place(const struct attest_transport_args *args,
		       struct attest_spool **ret, char **ret_temporary,
		       struct attest_diag *reterr_diag)
{
	const char *dir = attest_url_arg(args->url, "spool");
	struct attest_spool_options options = { 0 };
	_cleanup_free_ char *root = NULL;
	int r;

	*ret_temporary = NULL;
	r = read_options(args->url, &options, reterr_diag);
	if (r < 0)
		return r;
	if (dir && strcmp(dir, "none") == 0) {
		options.sync = ATTEST_SPOOL_SYNC_NONE;
		r = open_temporary(&options, ret, ret_temporary);
	} else if (dir) {
		r = make_parents(dir);
		if (r >= 0)
			r = attest_spool_open(dir, &options, ret);
	} else {
		if (args->options->spool_root)
			root = strdup(args->options->spool_root);
		else
			(void)default_root(&root);
		r = root ? open_slot(root, args->url, &options, ret) : -ENOMEM;
		dir = root;
	}
	if (r < 0)
		return attest_export_fail(reterr_diag, r,
					  "cannot open the spool in '%.100s': "
					  "%s; choose another with spool=DIR, "
					  "or do without by spool=none",
					  dir ? dir : "", strerrordesc_np(-r));
	return 0;
}
