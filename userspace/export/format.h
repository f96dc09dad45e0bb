/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Formats: what a record looks like on its way out. Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"
#include "event/record.h"

/** What a sink's URL says about its format. */
struct attest_format_options {
	bool colour;	   /* text: ANSI colours */
	const char *index; /* hec: the index, or NULL */
	int facility;	   /* syslog: 0..23 */
};

/**
 * One way to write a record.
 *
 * Formats of lines write one line without its newline. What a receiver wants
 * around many records (otlp) is the transport's business.
 */
struct attest_format {
	const char *name;
	const char *summary;
	const char *media_type;
	bool binary; /* may hold newlines and NULs */
	/* Appends one record. 0 or -ENOMEM. */
	int (*write)(struct attest_str *s, const struct attest_record *rec,
		     const struct attest_format_options *options);
};

/** The format called name, or NULL. */
const struct attest_format *attest_format_find(const char *name);
/** All of them, to the one without a name. */
const struct attest_format *const *attest_format_all(void);

extern const struct attest_format attest_format_json;
extern const struct attest_format attest_format_text;
extern const struct attest_format attest_format_ecs;
extern const struct attest_format attest_format_ocsf;
extern const struct attest_format attest_format_cef;
extern const struct attest_format attest_format_leef;
extern const struct attest_format attest_format_rfc5424;
extern const struct attest_format attest_format_otlp_json;
extern const struct attest_format attest_format_otlp_proto;
extern const struct attest_format attest_format_hec;
