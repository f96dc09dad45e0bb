// SPDX-License-Identifier: Apache-2.0
/**
 * The seccomp manager of the specification.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "lib/error.h"
#include "policy/node.h"
#include "policy/seccomp.h"
#include "sandbox/seccomp.h"

#define CUSTOM "custom"

struct attest_seccomp_manager {
	struct attest_seccomp_profile *builtin; /* the last one set, or NULL */
	struct attest_seccomp_profile *custom;
	const struct attest_seccomp_profile *current;
};

int attest_seccomp_manager_new(struct attest_seccomp_manager **ret_manager)
{
	struct attest_seccomp_manager *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	*ret_manager = m;
	return 0;
}

void attest_seccomp_manager_free(struct attest_seccomp_manager **manager)
{
	struct attest_seccomp_manager *m = *manager;

	*manager = NULL;
	if (!m)
		return;
	attest_seccomp_free(&m->builtin);
	attest_seccomp_free(&m->custom);
	free(m);
}

static int no_profile(struct attest_error *error)
{
	return attest_error_set(error, -ENOENT,
				"set a profile or load one from a file first",
				"no profile is set");
}

int attest_seccomp_manager_set_profile(struct attest_seccomp_manager *manager,
				       const char *name,
				       struct attest_error *reterr_error)
{
	struct attest_seccomp_profile *profile = NULL;
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	int r;

	if (strcmp(name, CUSTOM) == 0) {
		if (!manager->custom)
			return no_profile(reterr_error);
		manager->current = manager->custom;
		return 0;
	}
	r = attest_seccomp_find(&rd, name, &profile);
	attest_reader_done(&rd);
	if (r < 0)
		return attest_error_from_diag(reterr_error, r, &diag);
	attest_seccomp_free(&manager->builtin);
	manager->builtin = profile;
	manager->current = profile;
	return 0;
}

int attest_seccomp_manager_load_profile_from_file(
    struct attest_seccomp_manager *manager, const char *path,
    struct attest_error *reterr_error)
{
	struct attest_seccomp_profile *profile = NULL;
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	int r;

	r = attest_seccomp_load_file(&rd, path, &profile);
	attest_reader_done(&rd);
	if (r < 0)
		return attest_error_from_diag(reterr_error, r, &diag);
	if (manager->current == manager->custom)
		manager->current = profile;
	attest_seccomp_free(&manager->custom);
	manager->custom = profile;
	if (!manager->current)
		manager->current = profile;
	return 0;
}

const char *
attest_seccomp_manager_profile(const struct attest_seccomp_manager *manager)
{
	if (!manager->current)
		return NULL;
	return manager->current->name ? manager->current->name : CUSTOM;
}

int attest_seccomp_manager_generate_container_profile(
    struct attest_seccomp_manager *manager, const char *name, char **ret_json,
    struct attest_error *reterr_error)
{
	int r;

	if (name) {
		r = attest_seccomp_manager_set_profile(manager, name,
						       reterr_error);
		if (r < 0)
			return r;
	}
	return attest_seccomp_manager_write(manager, "oci", ret_json, NULL,
					    NULL, reterr_error);
}

static int format_find(const char *name)
{
	static const struct {
		const char *name;
		enum attest_seccomp_format format;
	} formats[] = {
		{ "oci", ATTEST_SECCOMP_OCI },
		{ "docker", ATTEST_SECCOMP_DOCKER },
		{ "spec", ATTEST_SECCOMP_SPEC },
		{ "policy", ATTEST_SECCOMP_POLICY },
		{ "table", ATTEST_SECCOMP_TABLE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(name, formats[i].name) == 0)
			return (int)formats[i].format;
	return -EINVAL;
}

static int write_filter(const struct attest_seccomp_profile *profile,
			struct attest_str *out, struct attest_str *notes,
			struct attest_error *error)
{
	_cleanup_filter_ struct attest_seccomp_filter filter = { 0 };
	struct attest_diag diag = { 0 };
	int r;

	r = attest_seccomp_compile(profile, NULL, &filter, notes, &diag);
	if (r < 0)
		return attest_error_from_diag(error, r, &diag);
	attest_str_append(out, (const char *)filter.prog.filter,
			  filter.prog.len * sizeof(*filter.prog.filter));
	return out->error;
}

static int write_text(const struct attest_seccomp_profile *profile,
		      const char *format, struct attest_str *out,
		      struct attest_str *notes, struct attest_error *error)
{
	struct attest_seccomp_here here;
	int which = format_find(format);
	int r;

	if (which < 0)
		return attest_error_set(
		    error, which,
		    "the formats are oci, docker, spec, policy, table and bpf",
		    "unknown profile format '%s'", format);
	attest_seccomp_here(&here);
	r = attest_seccomp_write(profile, (enum attest_seccomp_format)which,
				 &here.where, out, notes);
	return r < 0 ? attest_error_set(error, r, NULL, "%s", strerror(-r)) : 0;
}

int attest_seccomp_manager_write(struct attest_seccomp_manager *manager,
				 const char *format, char **ret_data,
				 size_t *ret_len, char **ret_notes,
				 struct attest_error *reterr_error)
{
	_cleanup_str_ struct attest_str out = { 0 };
	_cleanup_str_ struct attest_str notes = { 0 };
	_cleanup_free_ char *data = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (!manager->current)
		return no_profile(reterr_error);
	if (strcmp(format, "bpf") == 0)
		r = write_filter(manager->current, &out, &notes, reterr_error);
	else
		r = write_text(manager->current, format, &out, &notes,
			       reterr_error);
	if (r < 0)
		return r;
	len = out.len;
	data = attest_str_take(&out);
	text = attest_str_take(&notes);
	if (!data || !text)
		return attest_error_set(reterr_error, -ENOMEM, NULL, "%s",
					strerror(ENOMEM));
	*ret_data = TAKE_PTR(data);
	if (ret_len)
		*ret_len = len;
	if (ret_notes)
		*ret_notes = TAKE_PTR(text);
	return 0;
}
