/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the files of kern/ share.
 */
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kern/kern.h"

#define ATTEST_LINKS_MAX 64

struct attest_bpf;

struct attest_kern {
	enum attest_rung rung;
	struct attest_bpf *skeleton;
	struct bpf_link *links[ATTEST_LINKS_MAX];
	size_t n_links;
	struct bpf_link *scan_link;

	int images_fd;
	int subjects_fd;
	int cgroups_fd;
	int counts_fd;
	int stats_fd;
	int seqs_fd;
	int events_fd;
	struct attest_settings *settings; /* the programs' own memory */
	struct attest_scan *scan;

	struct ring_buffer *ring;
	attest_kern_event_fn fn; /* of the poll that is under way */
	void *ctx;
};
