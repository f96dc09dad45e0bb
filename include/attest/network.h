/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * Keys and values of the maps of the network policy.
 */
#pragma once

#ifndef __bpf__
#include <linux/types.h>
#endif

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define ATTEST_NET_ENTRIES_MAX 4096 /* of an image */
#define ATTEST_RESOLVERS_MAX 8
#define ATTEST_DNS_PORT 53

/* How long an address is a name's: by the answer, within these bounds. Below
 * the lower one programs that keep an answer for some seconds would break.
 */
#define ATTEST_DNS_TTL_MIN 60
#define ATTEST_DNS_TTL_MAX 86400

/**
 * Key of the hash `attest_names`: an address that a resolver gave for a name
 * of the policy (value: __u64, CLOCK_BOOTTIME until when).
 */
struct attest_name_key {
	__u8 addr[16]; /* IPv4 in mapped form */
	__u32 slot;
	__u32 generation;
	__u32 host; /* number of the name in the image, from 1 */
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_name_key) == 32, "name ABI");

/**
 * Key of the hash `attest_queries`: a question that a socket of a subject
 * asked a resolver (value: __u64, CLOCK_BOOTTIME until when).
 */
struct attest_query_key {
	__u64 cookie; /* of the socket */
	__u32 id;     /* of the message; 0 on TCP */
	__u32 protocol;
};
_Static_assert(sizeof(struct attest_query_key) == 16, "query ABI");

/** Key of the hash `attest_dests`: where a subject in mode audit went. */
struct attest_dest_key {
	__u8 addr[16]; /* IPv4 in mapped form */
	__u32 slot;
	__u32 generation;
	__u16 port;
	__u8 protocol; /* IPPROTO_* */
	__u8 is_listed;
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_dest_key) == 32, "destination ABI");

/**
 * Value of the storage `attest_net_groups`: whose packets and sockets the
 * programs of a cgroup see. Generation 0: nobody's yet.
 */
struct attest_net_group {
	__u32 slot;
	__u32 generation;
	__u32 netns; /* inode number; answers count in this one only */
	__u32 pad0;
};
_Static_assert(sizeof(struct attest_net_group) == 16, "group ABI");

#pragma GCC diagnostic pop
