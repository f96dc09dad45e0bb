/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * The compiled policy: one flat, versioned block of bytes, host byte order.
 *
 * Writer: userspace/policy/image.c. Readers: include/attest/match.h, for BPF
 * and host alike. Sections follow the header, each aligned to 16 bytes; the
 * size of an entry divides ATTEST_PAGE_BYTES, so none straddles a page.
 * A layout change bumps ATTEST_IMAGE_ABI.
 */
#pragma once

#ifndef __bpf__
#include <linux/types.h>
#endif
#include <attest/limits.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define ATTEST_IMAGE_MAGIC 0x41545354U /* "ATST" */
#define ATTEST_IMAGE_ABI 2

enum attest_mode {
	ATTEST_MODE_ENFORCE,
	ATTEST_MODE_AUDIT,
	ATTEST_MODE_END,
};

enum attest_symlinks {
	ATTEST_SYMLINKS_WITHIN_RULES, /* the target's own rule decides */
	ATTEST_SYMLINKS_FORBID,	      /* no symlink is followed or made */
	ATTEST_SYMLINKS_FOLLOW,	      /* as within-rules; making is free */
	ATTEST_SYMLINKS_END,
};

/* What a rule allows, and what an operation asks for. */
#define ATTEST_ACCESS_READ (1U << 0)
#define ATTEST_ACCESS_WRITE (1U << 1)
#define ATTEST_ACCESS_EXECUTE (1U << 2)
#define ATTEST_ACCESS_ALL 7U

/* attest_image_hdr.flags */
#define ATTEST_IMAGE_HAS_EXTENSIONS (1U << 0) /* forbidden_extensions */
#define ATTEST_IMAGE_HAS_HIDE (1U << 1)	      /* some rule hides its paths */
#define ATTEST_IMAGE_HAS_LIMITS (1U << 2)
#define ATTEST_IMAGE_HAS_FS (1U << 3)	 /* a filesystem section */
#define ATTEST_IMAGE_HAS_NET (1U << 4)	 /* a network section */
#define ATTEST_IMAGE_NET_DENY (1U << 5)	 /* network default: disabled */
#define ATTEST_IMAGE_HAS_HOSTS (1U << 6) /* network rules with names */

/* attest_image_hdr.grants: privileged operations the policy allows. */
#define ATTEST_GRANT_MOUNT (1U << 0)  /* mount, umount, pivot_root, ... */
#define ATTEST_GRANT_BPF (1U << 1)    /* bpf(2) */
#define ATTEST_GRANT_PTRACE (1U << 2) /* of tasks outside the subject */
#define ATTEST_GRANT_CGROUP (1U << 3) /* leave the cgroup */
#define ATTEST_GRANT_NAMESPACE (1U << 4)
#define ATTEST_GRANT_MODULE (1U << 5)

/** At offset 0. Offsets are bytes from the start of the image. */
struct attest_image_hdr {
	__u32 magic;
	__u32 abi;
	__u32 bytes; /* of the whole image */
	__u32 mode;  /* enum attest_mode */
	__u32 flags;
	__u32 grants;
	__u32 symlinks;	 /* enum attest_symlinks */
	__u32 fs_start;	 /* path automaton: start state */
	__u32 ext_start; /* extension automaton: start state */
	__u32 n_states;	 /* the automata share the tables */
	__u32 n_cells;
	__u32 n_rules;	  /* rule 0 is the default access */
	__u32 states_off; /* struct attest_image_state[n_states] */
	__u32 cells_off;  /* struct attest_image_cell[n_cells] */
	__u32 rules_off;  /* struct attest_image_rule[n_rules] */
	__u32 net_off;	  /* struct attest_image_net[n_net] */
	__u32 n_net;
	/* set by the loader: subjects of an older one are released */
	__u32 generation;
	__u64 max_file_bytes; /* 0: no limit */
	__u64 max_disk_bytes; /* 0: no limit */
	__u64 max_files;      /* 0: no limit */
	__u8 digest[32];      /* SHA-256 of the policy's canonical text */
	__u32 version;	   /* set by the loader: unique to each loaded image */
	__u32 subtree_off; /* __u8[n_states]: ATTEST_SUBTREE_*; aligned to 16 */
	__u32 host_start;  /* automaton of host names: start state */
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_image_hdr) == 144, "image header ABI");

/**
 * One state of an automaton: byte b leads to the cell base + b if that cell
 * is owned by this state, else to deflt.
 */
struct attest_image_state {
	__u32 base;
	__u32 deflt;
	__u32 rule; /* the winner for a path that ends here */
	/* 1 + the rule that wins for every path that is one component longer,
	 * or 0 if that depends on the component's name.
	 */
	__u32 uniform;
};
_Static_assert(sizeof(struct attest_image_state) == 16, "state ABI");

/*
 * Subtree bytes: what every path at or below a state is allowed (low bits)
 * and what some path there is allowed (high bits). They decide on renames of
 * directories, which carry everything below along.
 */
#define ATTEST_SUBTREE_ALL(byte) ((byte)&ATTEST_ACCESS_ALL)
#define ATTEST_SUBTREE_ANY(byte) (((byte) >> 4) & ATTEST_ACCESS_ALL)

struct attest_image_cell {
	__u32 owner; /* state whose cell this is; ~0 if free */
	__u32 next;
};
_Static_assert(sizeof(struct attest_image_cell) == 8, "cell ABI");

#define ATTEST_RULE_HIDE (1U << 0)

struct attest_image_rule {
	__u32 access; /* ATTEST_ACCESS_* that are allowed */
	__u32 flags;  /* ATTEST_RULE_* */
};
_Static_assert(sizeof(struct attest_image_rule) == 8, "rule ABI");

#define ATTEST_NET_TCP (1U << 0)
#define ATTEST_NET_UDP (1U << 1)

/* attest_image_net.flags */
#define ATTEST_NET_HOST (1U << 0)     /* by name: host counts, addr does not */
#define ATTEST_NET_RESOLVER (1U << 1) /* its answers say what names are */

/**
 * One allowed destination; IPv4 as an IPv4-mapped IPv6 address. An image with
 * HAS_HOSTS starts with ATTEST_RESOLVERS_MAX entries for resolvers; those that
 * are free have no protocols.
 */
struct attest_image_net {
	__u8 addr[16];	 /* network byte order */
	__u8 prefix_len; /* 0..128, of the mapped form */
	__u8 protocols;	 /* ATTEST_NET_* */
	__u16 port_min;	 /* host byte order, 0..65535 inclusive */
	__u16 port_max;
	__u16 flags; /* ATTEST_NET_HOST, ATTEST_NET_RESOLVER */
	__u32 rule;  /* index of the network rule */
	__u32 host;  /* number of the name: `rule` of its final state */
};
_Static_assert(sizeof(struct attest_image_net) == 32, "net ABI");

#pragma GCC diagnostic pop
