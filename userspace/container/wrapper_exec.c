// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "container/argv.h"
#include "container/profile_json.h"
#include "container/wrapper.h"

static int patch_bundle(const struct attest_wrapper_options *options,
			const char *bundle, struct attest_diag *diag)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *patched = NULL;
	size_t len;
	int r;

	if (asprintf(&path, "%s/config.json", bundle ? bundle : ".") < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = attest_read_file(path, ATTEST_CONFIG_MAX, &text, &len);
	if (r < 0)
		return attest_profile_fail(diag, r, "cannot read '%s': %s",
					   path, strerror(-r));
	r = attest_wrapper_patch(options, text, len, &patched, diag);
	if (r < 0 || !patched)
		return r;
	r = attest_write_file_atomic(path, patched, strlen(patched), 0644);
	if (r < 0)
		return attest_profile_fail(diag, r, "cannot write '%s': %s",
					   path, strerror(-r));
	return 0;
}

int attest_wrapper_exec(const struct attest_wrapper_options *options,
			const char *const *args,
			struct attest_diag *reterr_diag)
{
	_cleanup_argv_ struct attest_argv argv = { 0 };
	struct attest_wrapper_call call;
	int r;

	memset(reterr_diag, 0, sizeof(*reterr_diag));
	if (!options->hook_path || options->hook_path[0] != '/')
		return attest_profile_fail(reterr_diag, -EINVAL,
					   "a hook's path must be absolute");
	r = attest_wrapper_parse(args, &call);
	if (r < 0)
		return attest_profile_fail(reterr_diag, r,
					   "arguments of '%s' that this "
					   "program does not know: no "
					   "container is started",
					   options->runtime);
	if (call.creates) {
		r = patch_bundle(options, call.bundle, reterr_diag);
		if (r < 0)
			return r;
	}
	attest_argv_add(&argv, options->runtime);
	attest_argv_add_all(&argv, args);
	if (argv.error)
		return argv.error;
	(void)execvp(options->runtime, argv.items);
	return attest_profile_fail(reterr_diag, -errno, "cannot run '%s': %m",
				   options->runtime);
}
