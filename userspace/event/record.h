/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A record as every output sees it: one violation, trace or gap, decoded and
 * enriched. Formats and the report are mappings of this and nothing else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <attest/event.h>
#include <attest/image.h>

enum attest_record_kind {
	ATTEST_KIND_FILESYSTEM,
	ATTEST_KIND_SECCOMP,
	ATTEST_KIND_NETWORK,
	ATTEST_KIND_PROCESS,
	ATTEST_KIND_RESOURCE,
	ATTEST_KIND_GAP,
	ATTEST_KIND_END,
};

enum attest_layer {
	ATTEST_LAYER_NONE,
	ATTEST_LAYER_BPF,
	ATTEST_LAYER_LANDLOCK,
	ATTEST_LAYER_SECCOMP,
	ATTEST_LAYER_RLIMIT,
	ATTEST_LAYER_NAMESPACE,
	ATTEST_LAYER_CONTAINER,
	ATTEST_LAYER_END,
};

/** Bytes that need not be text: paths may hold anything but NUL. */
struct attest_bytes {
	const char *data; /* NULL: absent */
	size_t len;
};

/** What is known of the policy a record belongs to. Shared, read only. */
struct attest_record_policy {
	const char *name;
	const char *digest; /* "sha256:" and 64 hex digits */
};

struct attest_record {
	/* Stable across retries and replays: host boot id, CPU, sequence. */
	char id[64];
	uint64_t time_ns; /* CLOCK_REALTIME, since the epoch */
	const char *host;
	uint64_t seq;	/* of this process' output, from 1 */
	uint64_t count; /* 1; more after folding */

	enum attest_record_kind kind;
	enum attest_violation violation; /* NONE for plain traces and gaps */
	enum attest_verdict verdict;	 /* "action" in the output */
	enum attest_layer layer;
	enum attest_hook hook;

	uint32_t pid, tid, ppid, uid;
	char comm[ATTEST_COMM_LEN + 1];
	struct attest_bytes exe;
	struct attest_bytes cgroup;

	const char *container_id; /* or NULL */
	const char *container_name;
	const char *container_image;
	const char *container_runtime;

	int syscall;		  /* number, -1 unknown */
	const char *syscall_name; /* or NULL */
	struct attest_bytes path;
	struct attest_bytes path2;
	uint32_t access; /* ATTEST_ACCESS_* asked for; 0: none */
	bool create;	 /* the object was to be created */
	uint64_t inode;
	uint32_t dev;

	/* seccomp */
	bool has_args;
	uint64_t args[6];
	const char *args_text; /* decoded, strace's conventions; or NULL */
	uint64_t ip;
	const char *ip_text; /* "libc.so.6+0x1234" or NULL */
	int error;	     /* errno returned, 0 if not known */
	int signal;

	/* network */
	bool has_addr;
	uint8_t addr[16]; /* IPv4 in mapped form */
	uint16_t family, port;
	uint8_t protocol;
	const char *host_name; /* of the destination, or NULL */

	/* resource */
	uint64_t limit, value;

	/* gap: records from seq gap_first to gap_last of a CPU are missing */
	uint32_t gap_cpu;
	uint64_t gap_first, gap_last, gap_lost;
	const char *gap_reason;

	const struct attest_record_policy *policy;
	bool has_rule;
	uint32_t rule;	       /* number in the policy's list, 0: default */
	const char *rule_text; /* the pattern, or what the rule is called */
	int rule_priority;
	const char *context; /* one sentence for people */
};

/* Names as they stand in outputs; "unknown" past the end. */
const char *attest_kind_name(enum attest_record_kind kind);
const char *attest_violation_name(enum attest_violation violation);
const char *attest_verdict_name(enum attest_verdict verdict);
const char *attest_layer_name(enum attest_layer layer);
const char *attest_hook_name(enum attest_hook hook);
/** "read", "write", "read,write", ..., "" for none. */
const char *attest_access_name(uint32_t access);
