// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/hooks_dir.h"
#include "container/profile_json.h"

#define HOOK_MAX 65536 /* bytes of a hook file */

static json_t *make_args(const struct attest_hooks_options *options)
{
	const char *const *arg = options->hook_args;
	json_t *args;

	if (!arg)
		return json_pack("[s, s]", "attest-bpf", "oci-hook");
	args = json_array();
	for (; args && *arg; arg++)
		(void)json_array_append_new(args, json_string(*arg));
	return args;
}

char *attest_container_hooks_text(const struct attest_hooks_options *options)
{
	json_auto_t *root = json_pack(
	    "{s:s, s:{s:s, s:o}, s:{s:{s:s}}, s:[s]}", "version", "1.0.0",
	    "hook", "path", options->hook_path, "args", make_args(options),
	    "when", "annotations", "^io\\.attest\\.policy$", ".*", "stages",
	    "createRuntime");

	return root ? json_dumps(root, JSON_INDENT(2)) : NULL;
}

static char *file_in(const char *dir)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, ATTEST_HOOK_FILE) < 0 ? NULL
								   : path;
}

int attest_container_hooks_install_in(
    const struct attest_hooks_options *options, const char *dir)
{
	_cleanup_free_ char *text = attest_container_hooks_text(options);
	_cleanup_free_ char *path = file_in(dir);

	if (!text || !path)
		return -ENOMEM;
	return attest_write_file_atomic(path, text, strlen(text), 0644);
}

static int make_dirs(const char *dir)
{
	_cleanup_free_ char *path = strdup(dir);

	if (!path)
		return -ENOMEM;
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* Root runs the hook: nobody else may be able to replace it. */
static int check_hook(const char *path, struct attest_diag *diag)
{
	struct stat st;

	if (!path || path[0] != '/')
		return attest_profile_fail(diag, -EINVAL,
					   "a hook's path must be absolute");
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return attest_profile_fail(diag, -EINVAL,
					   "'%s' is no executable file", path);
	if (st.st_uid != 0 || (st.st_mode & 022))
		return attest_profile_fail(diag, -EINVAL,
					   "'%s' can be changed by others than "
					   "root",
					   path);
	return 0;
}

int attest_container_hooks_install(const struct attest_hooks_options *options,
				   struct attest_diag *reterr_diag)
{
	const char *dir = options->dir ? options->dir : ATTEST_HOOKS_DIR;
	int r;

	r = check_hook(options->hook_path, reterr_diag);
	if (r < 0)
		return r;
	r = make_dirs(dir);
	if (r >= 0)
		r = attest_container_hooks_install_in(options, dir);
	if (r < 0)
		return attest_profile_fail(reterr_diag, r,
					   "cannot write '%s/%s': %s", dir,
					   ATTEST_HOOK_FILE, strerror(-r));
	return 0;
}

static bool is_ours(const char *text)
{
	json_auto_t *root = json_loads(text, 0, NULL);
	json_t *annotations =
	    json_object_get(json_object_get(root, "when"), "annotations");

	return json_object_get(annotations, "^io\\.attest\\.policy$");
}

int attest_container_hooks_uninstall(const struct attest_hooks_options *options,
				     struct attest_diag *reterr_diag)
{
	const char *dir = options->dir ? options->dir : ATTEST_HOOKS_DIR;
	_cleanup_free_ char *path = file_in(dir);
	_cleanup_free_ char *text = NULL;
	int r;

	if (!path)
		return -ENOMEM;
	r = attest_read_file(path, HOOK_MAX, &text, NULL);
	if (r == -ENOENT)
		return 0;
	if (r >= 0 && !is_ours(text))
		return attest_profile_fail(reterr_diag, -EPERM,
					   "'%s' was not written by this "
					   "program",
					   path);
	if (r >= 0 && unlink(path) < 0)
		r = -errno;
	if (r < 0)
		return attest_profile_fail(reterr_diag, r,
					   "cannot remove '%s': %s", path,
					   strerror(-r));
	return 0;
}
