/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The BPF layer: programs, policies, subjects and the ring. The only folder
 * that knows libbpf.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <attest/event.h>
#include <attest/image.h>
#include <attest/network.h>
#include <attest/subject.h>

#include "kern/probe.h"
#include "policy/coverage.h"

/** How the programs hang on the kernel; the ladder, best rung first. */
enum attest_rung {
	ATTEST_RUNG_LSM,      /* lsm programs, `bpf` is in the LSM list */
	ATTEST_RUNG_FMOD_RET, /* the same bodies on security_* functions */
	ATTEST_RUNG_TRACE,    /* tracepoints only: they see, they refuse not */
	ATTEST_RUNG_NONE,
};

const char *attest_rung_name(enum attest_rung rung);

struct attest_kern;

/** Which system calls of ATTEST_SUBJECT_TRACE subjects give records. */
struct attest_kern_calls {
	uint64_t wanted[ATTEST_CALL_WORDS]; /* a bit for each number */
	int result; /* 0: any; 1: no error; 2: an error; -errno: that one */
};

/**
 * Loads and attaches the programs of one rung.
 *
 * @image:  the policy that is to come: programs for limits and the network
 *          are loaded if it has such rules, since loading takes its time. A
 *          policy that needs more is then refused. NULL: all of them.
 * @calls:  NULL: none.
 * @ret:    attest_kern_close(); nothing of it outlives that unless pinned.
 * @reason: set on failure: what the kernel refused and the remedy.
 *
 * Return: 0; -ENOTSUP the rung cannot work here; or what the kernel said.
 */
int attest_kern_open(const struct attest_probe *probe, enum attest_rung rung,
		     const struct attest_image_hdr *image,
		     const struct attest_kern_calls *calls,
		     struct attest_kern **ret, char *reason, size_t size);
void attest_kern_close(struct attest_kern **kern);
#define _close_kern_ __attribute__((__cleanup__(attest_kern_close)))

enum attest_rung attest_kern_rung(const struct attest_kern *kern);

/** A policy in the kernel. */
struct attest_slot {
	uint32_t slot;
	uint32_t generation;
};

/**
 * Loads an image into a free slot. Its generation and version are set.
 * Return: 0; -ENOSPC all slots are taken; or what the kernel said.
 */
int attest_kern_policy_add(struct attest_kern *kern,
			   const struct attest_image_hdr *image,
			   struct attest_slot *ret);

/** Puts another image into a slot, at one moment for all its subjects. */
int attest_kern_policy_replace(struct attest_kern *kern,
			       const struct attest_slot *slot,
			       const struct attest_image_hdr *image);

/** Releases all subjects of a slot and frees it. */
int attest_kern_policy_remove(struct attest_kern *kern,
			      const struct attest_slot *slot);

/**
 * Records the TCP connections of subjects with ATTEST_SUBJECT_TRACE_FILES,
 * until the programs are closed. Once at most.
 */
int attest_kern_watch_connections(struct attest_kern *kern);

/**
 * Makes the process of a pidfd a subject. It must have one thread.
 * @flags: ATTEST_SUBJECT_*
 */
int attest_kern_subject_pidfd(struct attest_kern *kern, int pidfd,
			      const struct attest_slot *slot, uint32_t flags);

/** Tasks of a slot that have not ended, or a negative errno. */
int attest_kern_subject_count(struct attest_kern *kern,
			      const struct attest_slot *slot);

/**
 * Makes a running process, its threads and all its descendants subjects.
 * @ret_n: tasks that were marked.
 * Return: 0; -ESRCH no such process; or what the kernel said.
 */
int attest_kern_subject_tree(struct attest_kern *kern, uint32_t tgid,
			     const struct attest_slot *slot, uint32_t flags,
			     unsigned int *ret_n);

/** Makes a cgroup v2 subtree a subject, by the inode of its directory. */
int attest_kern_subject_cgroup(struct attest_kern *kern, uint64_t cgroup_id,
			       const struct attest_slot *slot, uint32_t flags);

/** Reads the ring. data is borrowed; a negative return ends the call. */
typedef int (*attest_kern_event_fn)(const void *data, size_t len, void *ctx);

/**
 * Hands all records of the ring to fn, waiting up to timeout_ms for the ring
 * to fill to its wake-up threshold.
 * Return: the number of records, or what fn returned if that was negative.
 */
int attest_kern_poll(struct attest_kern *kern, int timeout_ms,
		     attest_kern_event_fn fn, void *ctx);

/** Readable when the ring is past its wake-up threshold. */
int attest_kern_poll_fd(const struct attest_kern *kern);

struct attest_kern_stats {
	uint64_t values[ATTEST_STAT_END]; /* sums over the CPUs */
	/* Per CPU, records begun; records + lost adds up to it. */
	uint64_t seqs[1024];
	unsigned int n_cpus;
	/* Runs that the kernel skipped because the program was running on the
	 * CPU already: possible gaps in enforcement.
	 */
	uint64_t recursion_misses;
};

int attest_kern_stats(struct attest_kern *kern, struct attest_kern_stats *ret);

/** Refusals by a rule so far. */
uint64_t attest_kern_count(struct attest_kern *kern,
			   const struct attest_slot *slot, uint32_t rule);

/** What a slot's subject has used of its limits. 0, or what the kernel said. */
int attest_kern_usage(struct attest_kern *kern, const struct attest_slot *slot,
		      struct attest_usage *ret);

/**
 * Puts a cgroup and all below it under the network policy of a slot: names of
 * its rules are learnt from its packets and, on the rung TRACE, destinations
 * are judged. One cgroup at a time; the one before is released.
 *
 * @netns: inode number of the network namespace whose answers count.
 *
 * Return: 0, or what the kernel said.
 */
int attest_kern_group_confine(struct attest_kern *kern, int cgroup_fd,
			      const struct attest_slot *slot, uint32_t netns);
void attest_kern_group_release(struct attest_kern *kern);

/**
 * Proves that programs of a cgroup refuse destinations, as
 * attest_kern_canary() does for hooks.
 *
 * @cgroup_fd: of an empty cgroup; nothing is attached to it afterwards.
 */
int attest_kern_group_canary(struct attest_kern *kern, int cgroup_fd,
			     char *reason, size_t size);

/** Return: 0, or a negative number that ends the call. */
typedef int (*attest_kern_dest_fn)(const struct attest_dest_key *dest,
				   uint64_t count, void *ctx);

/** Where a subject in mode audit went. 0, or what fn returned. */
int attest_kern_destinations(struct attest_kern *kern,
			     const struct attest_slot *slot,
			     attest_kern_dest_fn fn, void *ctx);

/** Can max_file_size and max_disk_usage, and max_files, be enforced here? */
bool attest_kern_has_sizes(const struct attest_kern *kern);
bool attest_kern_has_counts(const struct attest_kern *kern);

/**
 * Proves that the rung enforces: a child under a throw-away policy tries one
 * refused operation per hook family and must be refused and recorded.
 * Return: 0; -EIO if not, with the reason.
 */
int attest_kern_canary(struct attest_kern *kern, char *reason, size_t size);

/** State of the BPF layer for attest_layer_ops.cover. */
struct attest_kern_state {
	enum attest_rung rung; /* LSM and FMOD_RET enforce */
	const char *reason;    /* why nothing better, with the remedy */
	bool lacks_sizes;      /* the kernel does not say what is written */
	bool lacks_counts;     /* nor what is made and removed */
	bool has_group;	       /* programs of its cgroup work for the subject */
	bool may_leave_group;  /* a command of root could write there */
	const char *group_reason; /* why they do not */
};

extern const struct attest_layer_ops attest_bpf_layer;
