/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Pieces of seccomp_write.c: what a format leaves out, and texts for people.
 */
#pragma once

#include <jansson.h>

#include "base/str.h"
#include "policy/seccomp.h"

/** Has the format no conditions on capabilities, kernel and architecture? */
bool attest_scmp_format_is_flat(enum attest_seccomp_format format);

/** Is this "SCMP_ARCH_X86_64" for where (NULL: this machine)? */
bool attest_scmp_arch_is(const char *arch,
			 const struct attest_scmp_where *where);

/**
 * Is the rule part of the document? If not, or not wholly, says so in notes
 * (may be NULL).
 */
bool attest_scmp_is_written(const struct attest_seccomp_profile *profile,
			    size_t rule, enum attest_seccomp_format format,
			    const struct attest_scmp_where *where,
			    struct attest_str *notes);

/** Names in notes what of the profile itself the format has no words for. */
void attest_scmp_note_losses(const struct attest_seccomp_profile *profile,
			     enum attest_seccomp_format format,
			     struct attest_str *notes);

/** An unsigned 64-bit number as JSON; NULL without memory. */
json_t *attest_scmp_json_u64(uint64_t value);

/** The profile as attest_seccomp_to_json() has it, for a document around it.
 * NULL without memory.
 */
json_t *attest_scmp_json_object(const struct attest_seccomp_profile *profile);

/**
 * json_loads() for what has such numbers: those above INT64_MAX become marked
 * strings, which attest_scmp_json_dump() makes numbers again.
 */
json_t *attest_scmp_json_load(const char *text, json_error_t *ret_error);
/** An unsigned number, marked or not? */
bool attest_scmp_json_is_u64(const json_t *value);

/** json_dumps() for what has such numbers; free(). */
char *attest_scmp_json_dump(const json_t *value, size_t flags);

/** The table for people. 0 or -ENOMEM. */
int attest_scmp_write_table(const struct attest_seccomp_profile *profile,
			    struct attest_str *out);

/** A policy file around the object. 0 or -ENOMEM. */
int attest_scmp_write_yaml(const struct attest_seccomp_profile *profile,
			   json_t *object, struct attest_str *out);
