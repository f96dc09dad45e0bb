/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Is this task confined, and by which policy?
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "lib/image.h"

#define ATTEST_CGROUP_LEVELS 32

/* Looks the current task's cgroups up, leaf to root: the nearest wins. Keeps
 * the answer in the task. Defined in subject.bpf.c.
 */
int attest_subject_resolve(__u32 epoch);

/* A file is opened to be executed: confines who waited for that. Defined in
 * subject.bpf.c.
 */
int attest_subject_begin(__u32 mount_ns);

/* What an executing task passes to it. */
static __always_inline __u32 attest_subject_mount_ns(void)
{
	return bpf_get_current_task_btf()->nsproxy->mnt_ns->ns.inum;
}

/* false: the current task is in no subject. A look at whether it has any
 * storage, for hooks that do more before they ask.
 */
static __always_inline bool attest_subject_is_possible(void)
{
	return attest_settings.n_cgroups ||
	       bpf_get_current_task_btf()->bpf_storage;
}

/**
 * The current task's subject, or NULL. A task in no subject costs little
 * unless some cgroup is confined.
 */
static __always_inline struct attest_subject *attest_subject_current(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct attest_subject *s;

	if (!attest_subject_is_possible())
		return NULL;
	s = bpf_task_storage_get(&attest_subjects, task, NULL, 0);
	if (attest_settings.n_cgroups) {
		__u32 epoch = attest_settings.cgroup_epoch;

		if (!s || s->epoch != epoch) {
			attest_subject_resolve(epoch);
			s = bpf_task_storage_get(&attest_subjects, task, NULL,
						 0);
		}
	}
	if (!s || s->slot >= ATTEST_SLOTS_MAX)
		return NULL;
	return s;
}

/**
 * The image of a subject, and its header; NULL when the policy was taken
 * away from the slot (the subject is released then).
 */
static __always_inline void *
attest_subject_image(const struct attest_subject *s,
		     const struct attest_image_hdr **ret_hdr)
{
	const struct attest_image_hdr *hdr;
	void *image = attest_image_of(s->slot);

	if (!image)
		return NULL;
	hdr = attest_image_header(image);
	if (!hdr || hdr->generation != s->generation)
		return NULL;
	*ret_hdr = hdr;
	return image;
}
