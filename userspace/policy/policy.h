/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The policy: what the user wrote, checked, with every default filled in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <attest/image.h>
#include <attest/network.h>

/** Where and why a document was refused. Set only when a parser fails. */
struct attest_diag {
	char file[256]; /* "" if the text came from memory */
	int line;	/* 1-based, 0 if unknown */
	int column;	/* 1-based, 0 if unknown */
	char text[256]; /* what is wrong and what is allowed there */
};

/* Something that is accepted but worth a line to the user. */
struct attest_warning {
	char *file; /* or NULL */
	int line;
	int column;
	char *text;
};

enum attest_path_access {
	ATTEST_PATH_FORBIDDEN,
	ATTEST_PATH_READ_ONLY,
	ATTEST_PATH_READ_WRITE,
};

/** One filesystem rule. Its index in attest_policy.rules + 1 is its number. */
struct attest_rule {
	char *path;	   /* pattern, absolute, as written */
	char *description; /* or NULL */
	enum attest_path_access access;
	bool recursive; /* default true */
	bool execute;	/* default true; meaningless when forbidden */
	bool hide;	/* stat and existence are refused as well */
	int priority;	/* higher wins; default 100 */
	char *file;	/* where it was written, or NULL (built in) */
	int line;
};

enum attest_net_default {
	ATTEST_NETWORK_ENABLED,
	ATTEST_NETWORK_DISABLED,
};

struct attest_net_rule {
	unsigned int protocols; /* ATTEST_NET_TCP | ATTEST_NET_UDP */
	char *to;     /* address, CIDR or host name, as written; NULL: any */
	bool is_host; /* `to` is a host name, or *. and one */
	uint8_t addr[16]; /* when !is_host; IPv4 in mapped form */
	uint8_t prefix_len;
	uint16_t port_min;
	uint16_t port_max;
	char *description;
};

struct attest_seccomp_profile;

/** Limits of the process layer; 0: not limited by the policy. */
struct attest_process_limits {
	uint64_t open_files;
	uint64_t processes;
	uint64_t memory_bytes;
	uint64_t cpu_seconds;
	uint64_t wall_seconds;
};

struct attest_policy {
	char *name;
	char *level; /* built-in level it is or extends, or NULL */
	enum attest_mode mode;

	bool has_filesystem;
	enum attest_path_access fs_default;
	bool fs_default_execute; /* default true */
	struct attest_rule *rules;
	size_t n_rules;
	char **extensions; /* lower case, without the dot */
	size_t n_extensions;
	enum attest_symlinks symlinks;
	uint64_t max_file_bytes; /* 0: no limit */
	uint64_t max_disk_bytes;
	uint64_t max_files;

	struct attest_seccomp_profile *seccomp; /* or NULL */

	bool has_network;
	enum attest_net_default net_default;
	struct attest_net_rule *net_rules;
	size_t n_net_rules;
	/* Whose answers say what names are; none: the machine's. */
	uint8_t resolvers[ATTEST_RESOLVERS_MAX][16];
	size_t n_resolvers;

	struct attest_process_limits limits;
	uint32_t grants; /* ATTEST_GRANT_* */

	struct attest_warning *warnings;
	size_t n_warnings;
	uint8_t digest[32]; /* SHA-256 of attest_policy_to_json() */
};

/**
 * Reads a policy, JSON or YAML by its first character, with all it extends.
 *
 * @path:        file, or "-" for standard input; or
 * @text:        the document itself, when path is NULL.
 * @ret_policy:  owned by the caller, attest_policy_free().
 * @reterr_diag: filled on failure only.
 *
 * Limits: 1 MiB of text per document, ATTEST_RULES_MAX rules, patterns
 *         shorter than ATTEST_PATH_MAX, 8 levels of `extends`.
 * Return: 0; -EINVAL bad document; -E2BIG past a limit; -ELOOP `extends`
 *         comes back to itself; -ENOMEM; or what reading the file said.
 */
int attest_policy_load(const char *path, const char *text,
		       struct attest_policy **ret_policy,
		       struct attest_diag *reterr_diag);

/** A built-in level: "minimal", "standard" or "maximum". -ENOENT if none. */
int attest_policy_load_level(const char *level,
			     struct attest_policy **ret_policy,
			     struct attest_diag *reterr_diag);

void attest_policy_free(struct attest_policy **policy);
#define _free_policy_ __attribute__((__cleanup__(attest_policy_free)))

/** The whole policy as canonical JSON, nothing inherited; free(). */
char *attest_policy_to_json(const struct attest_policy *policy);

/** "file:line:column: text", without the parts that are unknown. */
const char *attest_diag_text(const struct attest_diag *diag, char *buffer,
			     size_t size);
