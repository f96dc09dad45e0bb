/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the running kernel offers to the BPF layer.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum attest_preempt {
	ATTEST_PREEMPT_UNKNOWN, /* treated as full */
	ATTEST_PREEMPT_NONE,
	ATTEST_PREEMPT_VOLUNTARY,
	ATTEST_PREEMPT_LAZY,
	ATTEST_PREEMPT_FULL,
};

struct attest_probe {
	char release[65];
	unsigned int version; /* major << 8 | minor */
	char lsm_list[256];   /* "" if it cannot be read */
	bool is_root;	      /* has CAP_SYS_ADMIN or CAP_BPF */
	bool has_btf;
	bool has_lsm;	      /* `bpf` stands in the LSM list */
	bool is_confidential; /* lockdown: kernel memory cannot be read */
	enum attest_preempt preempt;
};

/** Kernel addresses, 0 if unknown. */
struct attest_locks {
	uint64_t rename_lock;
	uint64_t mount_lock;
};

/** Reads /proc/kallsyms, which takes the kernel a while to write. */
void attest_probe_locks(struct attest_locks *ret);

/** Fills in everything; what cannot be found out is "no". */
void attest_probe_kernel(struct attest_probe *ret);

/**
 * Why BPF cannot be used at all, with the remedy, or NULL.
 * buffer: where the text is put if it is not constant.
 */
const char *attest_probe_obstacle(const struct attest_probe *probe,
				  char *buffer, unsigned long size);

/**
 * Can a program of fentry or fmod_ret be skipped? The kernel takes a second
 * run on a CPU for a recursion, also when the first was only preempted.
 */
bool attest_probe_may_skip(const struct attest_probe *probe);

const char *attest_preempt_name(enum attest_preempt preempt);
