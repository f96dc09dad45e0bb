// SPDX-License-Identifier: Apache-2.0
/**
 * Every parser of the container layer: the first byte chooses which.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/diagnose.h"
#include "container/hook.h"
#include "container/identify_system.h"
#include "container/profile.h"
#include "container/runtime_calls.h"
#include "container/wrapper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void profile(const char *text)
{
	_cleanup_free_ char *once = NULL;
	_cleanup_free_ char *twice = NULL;
	_cleanup_free_ char *added = NULL;
	json_auto_t *object = NULL;
	struct attest_diag diag;

	if (attest_container_profile_complete(text, ATTEST_CALL_RUNC, &once,
					      NULL, &diag) < 0)
		return;
	(void)attest_container_profile_to_oci(once, 6 << 8, &object, &diag);
	/* Completing is idempotent. */
	if (attest_container_profile_complete(once, ATTEST_CALL_RUNC, &twice,
					      &added, &diag) < 0 ||
	    added[0])
		abort();
}

static void cgroup(const char *text, size_t len)
{
	char v2[ATTEST_CGROUP_PATH_MAX];
	char best[ATTEST_CGROUP_PATH_MAX];
	struct attest_container_id id;

	(void)attest_container_from_cgroup(text, len, &id);
	(void)attest_cgroup_parse(text, v2, best);
}

static void documents(const char *text, size_t len)
{
	static const char *const args[] = { "h", NULL };
	const struct attest_wrapper_options options = { .hook_path = "/h",
							.hook_args = args,
							.default_policy = "p" };
	_cleanup_free_ char *patched = NULL;
	struct attest_container_info info;
	struct attest_diag diag;
	pid_t pid;

	(void)attest_wrapper_patch(&options, text, len, &patched, &diag);
	(void)attest_container_parse_inspect(text, len, &info);
	(void)attest_container_parse_state(text, len, &pid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = NULL;
	struct attest_container_error error;
	struct attest_hook_state state;
	struct attest_diag diag;

	if (size < 1)
		return 0;
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0] % 5) {
	case 0:
		(void)attest_hook_state_parse(text, size - 1, &state, &diag);
		break;
	case 1:
		profile(text);
		break;
	case 2:
		cgroup(text, strlen(text));
		break;
	case 3:
		documents(text, size - 1);
		break;
	default:
		attest_container_diagnose(ATTEST_RUNTIME_DOCKER, 125, text,
					  size - 1, &error);
		break;
	}
	return 0;
}
