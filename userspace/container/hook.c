// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/hook.h"
#include "container/profile_json.h"
#include "container/runtime.h"

#define PID_LIMIT (1 << 22) /* PID_MAX_LIMIT of 64-bit kernels */

/* Text that fits and has no control characters. */
static int take(const json_t *object, const char *key, char *to, size_t size)
{
	const json_t *value = json_object_get(object, key);
	const char *s = json_string_value(value);

	if (!s || !s[0] || json_string_length(value) >= size)
		return -EINVAL;
	for (const char *p = s; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return -EINVAL;
	}
	memcpy(to, s, json_string_length(value) + 1);
	return 0;
}

/* The first annotation there is, cut. */
static void note(const json_t *annotations, const char *const *keys, char *to,
		 size_t size)
{
	for (; *keys; keys++) {
		const char *s =
		    json_string_value(json_object_get(annotations, *keys));

		if (!s)
			continue;
		(void)snprintf(to, size, "%s", s);
		return;
	}
}

static int take_annotations(const json_t *root, struct attest_hook_state *state,
			    struct attest_diag *diag)
{
	static const char *const names[] = { ATTEST_ANNOTATION_NAME,
					     "io.kubernetes.cri.container-name",
					     "io.kubernetes.cri-o.Name", NULL };
	static const char *const images[] = { ATTEST_ANNOTATION_IMAGE,
					      "io.kubernetes.cri.image-name",
					      "io.kubernetes.cri-o.ImageName",
					      NULL };
	const json_t *annotations = json_object_get(root, "annotations");
	const json_t *policy =
	    json_object_get(annotations, ATTEST_ANNOTATION_POLICY);

	note(annotations, names, state->name, sizeof(state->name));
	note(annotations, images, state->image, sizeof(state->image));
	if (!policy)
		return 0;
	if (take(annotations, ATTEST_ANNOTATION_POLICY, state->policy,
		 sizeof(state->policy)) < 0 ||
	    !attest_container_name_is_valid(state->policy))
		return attest_profile_fail(diag, -EINVAL,
					   "annotation '%s' names no policy: "
					   "1 to 255 of A-Z a-z 0-9 _ . -",
					   ATTEST_ANNOTATION_POLICY);
	return 0;
}

static int take_state(const json_t *root, struct attest_hook_state *state,
		      struct attest_diag *diag)
{
	const json_t *pid = json_object_get(root, "pid");
	const char *bad = NULL;

	if (take(root, "id", state->id, sizeof(state->id)) < 0)
		bad = "id";
	else if (take(root, "status", state->status, sizeof(state->status)) < 0)
		bad = "status";
	else if (!json_is_integer(pid) || json_integer_value(pid) < 1 ||
		 json_integer_value(pid) > PID_LIMIT)
		bad = "pid";
	else if (take(root, "bundle", state->bundle, sizeof(state->bundle)) <
		     0 ||
		 state->bundle[0] != '/')
		bad = "bundle";
	if (bad)
		return attest_profile_fail(diag, -EINVAL,
					   "the container's state has no "
					   "usable '%s'",
					   bad);
	state->pid = (pid_t)json_integer_value(pid);
	return take_annotations(root, state, diag);
}

int attest_hook_state_parse(const char *text, size_t len,
			    struct attest_hook_state *ret_state,
			    struct attest_diag *reterr_diag)
{
	struct attest_hook_state state = { .pid = 0 };
	json_auto_t *root = NULL;
	json_error_t error;
	int r;

	if (len > ATTEST_HOOK_STATE_MAX)
		return attest_profile_fail(reterr_diag, -E2BIG,
					   "a container's state has at most "
					   "%u bytes",
					   ATTEST_HOOK_STATE_MAX);
	/* Two policies in one state: which one counts must not be chance. */
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(root))
		return attest_profile_fail(reterr_diag, -EINVAL,
					   "no container's state: %s",
					   root ? "not an object" : error.text);
	r = take_state(root, &state, reterr_diag);
	if (r < 0)
		return r;
	*ret_state = state;
	return 0;
}
