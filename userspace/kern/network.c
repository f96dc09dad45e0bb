// SPDX-License-Identifier: Apache-2.0
/**
 * The programs of a subject's cgroup: names by its packets and, where no hook
 * enforces, destinations.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <attest/subject.h>

#include <attest.skel.h>

#include "base/cleanup.h"
#include "kern/internal.h"

static bool is_asked(const struct attest_image_hdr *image)
{
	return !image || (image->flags & ATTEST_IMAGE_NET_DENY) ||
	       image->mode == ATTEST_MODE_AUDIT;
}

void attest_network_choose(struct attest_kern *kern,
			   const struct attest_image_hdr *image)
{
	bool has_no_hooks = kern->rung == ATTEST_RUNG_TRACE;

	kern->with_network = is_asked(image);
	kern->with_packets = !image ||
			     (image->flags & ATTEST_IMAGE_HAS_HOSTS) ||
			     image->mode == ATTEST_MODE_AUDIT ||
			     (kern->with_network && has_no_hooks);
	kern->skeleton->rodata->attest_judges_incoming = has_no_hooks;
}

bool attest_network_has(const struct attest_kern *kern, const char *section)
{
	if (strncmp(section, "cgroup_skb/", 11) == 0)
		return kern->with_packets;
	if (strncmp(section, "cgroup/", 7) == 0)
		return kern->with_network && kern->rung == ATTEST_RUNG_TRACE;
	if (strncmp(section, "lsm/socket_", 11) == 0)
		return kern->with_network;
	return true;
}

bool attest_network_owns(const struct bpf_program *program)
{
	return strncmp(bpf_program__section_name(program), "cgroup", 6) == 0;
}

void attest_kern_group_release(struct attest_kern *kern)
{
	for (size_t i = 0; i < kern->n_group_links; i++)
		(void)bpf_link__destroy(kern->group_links[i]);
	kern->n_group_links = 0;
}

/* All of them, or none: the first says no for the others, too. */
static int attach(struct attest_kern *kern, int cgroup_fd)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		struct bpf_link *link;

		if (!attest_network_owns(program) ||
		    !bpf_program__autoload(program))
			continue;
		link = bpf_program__attach_cgroup(program, cgroup_fd);
		if (!link)
			return -errno;
		kern->group_links[kern->n_group_links++] = link;
	}
	return 0;
}

int attest_kern_group_confine(struct attest_kern *kern, int cgroup_fd,
			      const struct attest_slot *slot, uint32_t netns)
{
	const struct attest_net_group group = {
		.slot = slot->slot,
		.generation = slot->generation,
		.netns = netns,
	};
	struct stat st;
	uint64_t id;
	int r;

	if (fstat(cgroup_fd, &st) < 0)
		return -errno;
	id = st.st_ino;
	attest_kern_group_release(kern);
	r = attach(kern, cgroup_fd);
	/* The storage is there when a program is; from here on they decide. */
	if (r == 0 && kern->n_group_links &&
	    bpf_map_update_elem(
		bpf_map__fd(kern->skeleton->maps.attest_net_groups), &id,
		&group, BPF_EXIST) < 0)
		r = -errno;
	if (r < 0)
		attest_kern_group_release(kern);
	return r;
}

int attest_kern_destinations(struct attest_kern *kern,
			     const struct attest_slot *slot,
			     attest_kern_dest_fn fn, void *ctx)
{
	int fd = bpf_map__fd(kern->skeleton->maps.attest_dests);
	struct attest_dest_key key, next;
	bool has_key = false;
	uint64_t count;

	while (bpf_map_get_next_key(fd, has_key ? &key : NULL, &next) == 0) {
		int r;

		key = next;
		has_key = true;
		if (key.slot != slot->slot ||
		    key.generation != slot->generation ||
		    bpf_map_lookup_elem(fd, &key, &count) < 0)
			continue;
		r = fn(&key, count, ctx);
		if (r < 0)
			return r;
	}
	return 0;
}
