/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the files of kern/ share.
 */
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kern/kern.h"

#define ATTEST_LINKS_MAX 128

struct attest_bpf;

/* What a policy needs beyond the programs that are always attached. */
#define ATTEST_NEED_LINKS (1U << 0) /* symlinks: forbid */
#define ATTEST_NEED_HIDE (1U << 1)  /* a rule says hide */

#define ATTEST_DEMANDS_MAX 16
#define ATTEST_GROUP_LINKS_MAX 16

struct attest_kern {
	enum attest_rung rung;
	bool with_calls;
	bool with_network; /* these are loaded */
	bool with_packets;
	uint8_t with_limits; /* groups */
	struct attest_bpf *skeleton;
	struct bpf_link *links[ATTEST_LINKS_MAX];
	size_t n_links;
	struct bpf_link *scan_link;
	struct bpf_link *group_links[ATTEST_GROUP_LINKS_MAX]; /* network.c */
	size_t n_group_links;
	struct bpf_link *demanded[ATTEST_DEMANDS_MAX]; /* see demand.c */
	uint8_t needs[ATTEST_SLOTS_MAX]; /* ATTEST_NEED_* of each policy */
	unsigned int version;		 /* of the kernel, major << 8 | minor */

	/* See limit.c. */
	struct bpf_link *limit_links[ATTEST_LINKS_MAX];
	uint8_t limit_slots[ATTEST_SLOTS_MAX]; /* groups that a slot needs */
	uint8_t limit_attached;		       /* groups that are attached */
	uint8_t limit_missing; /* groups that this kernel cannot have */

	int images_fd;
	int subjects_fd;
	int cgroups_fd;
	int counts_fd;
	int usage_fd;
	int stats_fd;
	int seqs_fd;
	int events_fd;
	struct attest_settings *settings; /* the programs' own memory */
	struct attest_scan *scan;

	struct ring_buffer *ring;
	attest_kern_event_fn fn; /* of the poll that is under way */
	void *ctx;
};

/** Which programs of network.c the policy that is to come needs. */
void attest_network_choose(struct attest_kern *kern,
			   const struct attest_image_hdr *image);
/** Is a program of this section among them? Of others: true. */
bool attest_network_has(const struct attest_kern *kern, const char *section);
/** Does it hang on a cgroup, and not on the kernel? */
bool attest_network_owns(const struct bpf_program *program);

/** Does this kernel, on this rung, have the hook of a program in its form? */
bool attest_kern_has_program(const struct attest_kern *kern, const char *name);

/** Is the program attached only while a policy needs it? */
bool attest_kern_is_demanded(const char *name);

/**
 * Attaches what the policy of a slot needs and detaches what no policy does.
 * image: NULL when the slot is empty again.
 */
int attest_kern_demand(struct attest_kern *kern, uint32_t slot,
		       const struct attest_image_hdr *image);
int attest_kern_demand_more(struct attest_kern *kern, uint32_t slot,
			    const struct attest_image_hdr *image);

/** Is it one of the programs that hang on the kernel only while needed? */
bool attest_limit_owns(const struct bpf_program *program);

/** Before the programs are loaded: leaves out what this kernel lacks. */
int attest_limit_choose(struct attest_kern *kern,
			const struct attest_image_hdr *image);

/**
 * Says what the policy of a slot needs, and attaches or detaches by that.
 *
 * @image: NULL: the slot is empty.
 *
 * Return: 0, or what the kernel said.
 */
int attest_limit_need(struct attest_kern *kern, uint32_t slot,
		      const struct attest_image_hdr *image);

void attest_limit_detach(struct attest_kern *kern);
