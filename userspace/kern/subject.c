// SPDX-License-Identifier: Apache-2.0
/**
 * Who is confined, seen from userspace.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kern/internal.h"

/* A fork bomb may keep the scan busy; each pass marks a whole generation. */
#define PASSES_MAX 10000

int attest_kern_subject_pidfd(struct attest_kern *kern, int pidfd,
			      const struct attest_slot *slot, uint32_t flags)
{
	struct attest_subject subject = {
		.slot = slot->slot,
		.generation = slot->generation,
		.flags = flags | ATTEST_SUBJECT_DIRECT,
	};
	int r;

	r = bpf_map_update_elem(kern->subjects_fd, &pidfd, &subject, BPF_ANY);
	return r < 0 ? -errno : 0;
}

/* One pass over all tasks; the number that changed. */
static int scan_once(struct attest_kern *kern)
{
	_cleanup_close_ int fd = -1;
	char buffer[64];
	ssize_t n;

	kern->scan->n_changed = 0;
	fd = bpf_iter_create(bpf_link__fd(kern->scan_link));
	if (fd < 0)
		return -errno;
	do {
		n = read(fd, buffer, sizeof(buffer));
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	if (n < 0)
		return -errno;
	return (int)kern->scan->n_changed;
}

static int scan(struct attest_kern *kern, const struct attest_scan *what,
		unsigned int *ret_n)
{
	unsigned int total = 0;

	*kern->scan = *what;
	for (int i = 0; i < PASSES_MAX; i++) {
		int n = scan_once(kern);

		if (n < 0)
			return n;
		if (n == 0) {
			*ret_n = total;
			return 0;
		}
		total += (unsigned int)n;
	}
	return -EAGAIN;
}

int attest_kern_subject_count(struct attest_kern *kern,
			      const struct attest_slot *slot)
{
	int r;

	*kern->scan = (struct attest_scan){ .slot = slot->slot,
					    .generation = slot->generation };
	r = scan_once(kern);
	return r < 0 ? r : (int)kern->scan->n_alive;
}

int attest_kern_subject_tree(struct attest_kern *kern, uint32_t tgid,
			     const struct attest_slot *slot, uint32_t flags,
			     unsigned int *ret_n)
{
	struct attest_scan what = {
		.slot = slot->slot,
		.generation = slot->generation,
		.flags = flags,
		.tgid = tgid,
	};
	int r;

	r = scan(kern, &what, ret_n);
	if (r < 0)
		return r;
	return *ret_n ? 0 : -ESRCH;
}

int attest_kern_subject_cgroup(struct attest_kern *kern, uint64_t cgroup_id,
			       const struct attest_slot *slot, uint32_t flags)
{
	struct attest_cgroup_subject subject = {
		.slot = slot->slot,
		.generation = slot->generation,
		.flags = flags,
	};

	if (bpf_map_update_elem(kern->cgroups_fd, &cgroup_id, &subject,
				BPF_ANY) < 0)
		return -errno;
	/* From here on every task looks its cgroup up once. */
	__atomic_fetch_add(&kern->settings->cgroup_epoch, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&kern->settings->n_cgroups, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static int remove_cgroups(struct attest_kern *kern,
			  const struct attest_slot *slot)
{
	struct attest_cgroup_subject subject;
	uint64_t key, next;
	bool has_key = false;

	while (bpf_map_get_next_key(kern->cgroups_fd, has_key ? &key : NULL,
				    &next) == 0) {
		key = next;
		has_key = true;
		if (bpf_map_lookup_elem(kern->cgroups_fd, &key, &subject) < 0 ||
		    subject.slot != slot->slot)
			continue;
		if (bpf_map_delete_elem(kern->cgroups_fd, &key) < 0)
			return -errno;
		__atomic_fetch_sub(&kern->settings->n_cgroups, 1,
				   __ATOMIC_SEQ_CST);
		has_key = false;
	}
	__atomic_fetch_add(&kern->settings->cgroup_epoch, 1, __ATOMIC_SEQ_CST);
	return 0;
}

int attest_kern_policy_remove(struct attest_kern *kern,
			      const struct attest_slot *slot)
{
	struct attest_scan what = { .slot = slot->slot, .release = 1 };
	unsigned int n;
	int r;

	r = remove_cgroups(kern, slot);
	/* Without its image the slot binds nobody; the scan then frees the
	 * marks, so that the slot can be used again.
	 */
	if (bpf_map_delete_elem(kern->images_fd, &slot->slot) < 0 && r == 0)
		r = -errno;
	r = r ?: attest_kern_demand(kern, slot->slot, NULL);
	r = r ?: scan(kern, &what, &n);
	(void)attest_limit_need(kern, slot->slot, NULL);
	return r;
}
