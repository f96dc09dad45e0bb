/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The fields of a record, one getter each: what the mapping tables of the
 * formats are made of. Pure.
 */
#pragma once

#include "event/record.h"

enum attest_value_kind {
	ATTEST_VALUE_UINT,
	ATTEST_VALUE_INT,
	ATTEST_VALUE_BOOL,
	ATTEST_VALUE_PLAIN,  /* text that needs no escaping in JSON */
	ATTEST_VALUE_TEXT,   /* any bytes but NUL */
	ATTEST_VALUE_BASE64, /* any bytes, to be written as base64 */
	ATTEST_VALUE_JSON,   /* a JSON value, verbatim in JSON, else as text */
};

/** What a getter answers; data may point into scratch or into the record. */
struct attest_value {
	enum attest_value_kind kind;
	union {
		uint64_t u;
		int64_t i;
	};
	const char *data;
	size_t len;
	char scratch[160];
};

/** Fills ret_value and returns true, or false: the record has no such field. */
typedef bool (*attest_getter)(const struct attest_record *rec,
			      struct attest_value *ret_value);

static inline bool attest_value_uint(struct attest_value *v, uint64_t u)
{
	v->kind = ATTEST_VALUE_UINT;
	v->u = u;
	return true;
}

static inline bool attest_value_plain(struct attest_value *v, const char *s,
				      size_t len)
{
	v->kind = ATTEST_VALUE_PLAIN;
	v->data = s;
	v->len = len;
	return true;
}

static inline bool attest_value_text(struct attest_value *v, const char *s,
				     size_t len)
{
	v->kind = ATTEST_VALUE_TEXT;
	v->data = s;
	v->len = len;
	return s != NULL;
}

#define ATTEST_GETTER(name)                                                    \
	bool attest_get_##name(const struct attest_record *rec,                \
			       struct attest_value *v)

/* Every record has these. */
ATTEST_GETTER(id);
ATTEST_GETTER(time);	/* RFC 3339, nanoseconds, UTC */
ATTEST_GETTER(time_ns); /* since the epoch */
ATTEST_GETTER(time_ms);
ATTEST_GETTER(host);
ATTEST_GETTER(seq);
ATTEST_GETTER(count);
ATTEST_GETTER(folded); /* count, if it is not 1 */
ATTEST_GETTER(kind);
ATTEST_GETTER(violation);
ATTEST_GETTER(action);
ATTEST_GETTER(layer);
ATTEST_GETTER(hook);
ATTEST_GETTER(title);	/* violation, "Gap", or the kind */
ATTEST_GETTER(message); /* context, or made from the other fields */

/* Not in gaps. */
ATTEST_GETTER(pid);
ATTEST_GETTER(tid);
ATTEST_GETTER(ppid);
ATTEST_GETTER(uid);
ATTEST_GETTER(comm);

/* Where known. */
ATTEST_GETTER(exe);
ATTEST_GETTER(exe_name);
ATTEST_GETTER(exe_base64); /* only if exe is not UTF-8 */
ATTEST_GETTER(cgroup);
ATTEST_GETTER(container_id);
ATTEST_GETTER(container_name);
ATTEST_GETTER(container_image);
ATTEST_GETTER(container_runtime);
ATTEST_GETTER(syscall); /* name, or "syscall_N" */
ATTEST_GETTER(path);
ATTEST_GETTER(path_name); /* last component */
ATTEST_GETTER(path_dir);
ATTEST_GETTER(path_ext);
ATTEST_GETTER(path_base64); /* only if path is not UTF-8 */
ATTEST_GETTER(path2);
ATTEST_GETTER(path2_base64);
ATTEST_GETTER(access);
ATTEST_GETTER(create); /* true or absent */
ATTEST_GETTER(inode);
ATTEST_GETTER(device); /* "major:minor" */
ATTEST_GETTER(args);   /* JSON: six strings of hex */
ATTEST_GETTER(args_text);
ATTEST_GETTER(ip);
ATTEST_GETTER(ip_text);
ATTEST_GETTER(error); /* "EPERM" */
ATTEST_GETTER(signal);
ATTEST_GETTER(address);	     /* IPv4 dotted, else IPv6 */
ATTEST_GETTER(address_type); /* "ipv4", "ipv6" */
ATTEST_GETTER(port);
ATTEST_GETTER(protocol); /* "tcp", or a number */
ATTEST_GETTER(protocol_number);
ATTEST_GETTER(address_name);
ATTEST_GETTER(limit);
ATTEST_GETTER(value);
ATTEST_GETTER(gap_cpu);
ATTEST_GETTER(gap_first);
ATTEST_GETTER(gap_last);
ATTEST_GETTER(gap_lost);
ATTEST_GETTER(gap_reason);
ATTEST_GETTER(policy_name);
ATTEST_GETTER(policy_digest);
ATTEST_GETTER(rule_index);
ATTEST_GETTER(rule_text);
ATTEST_GETTER(rule_priority);
ATTEST_GETTER(context);
