// SPDX-License-Identifier: Apache-2.0
/**
 * Images into slots.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "kern/internal.h"

/* Nonzero, and not one that an entry of the directory cache may still have:
 * a daemon before this one counted in the same kernel.
 */
static uint32_t new_number(void)
{
	uint32_t n = 0;

	while (n == 0)
		if (getrandom(&n, sizeof(n), 0) != sizeof(n))
			n = 0;
	return n;
}

static int write_page(int fd, uint32_t index, const void *data, size_t len)
{
	_cleanup_free_ char *page = calloc(1, ATTEST_PAGE_BYTES);

	if (!page)
		return -ENOMEM;
	memcpy(page, data, len < ATTEST_PAGE_BYTES ? len : ATTEST_PAGE_BYTES);
	return bpf_map_update_elem(fd, &index, page, BPF_ANY) < 0 ? -errno : 0;
}

/* A map of pages with the image, its numbers filled in; frozen. */
static int make_pages(const struct attest_image_hdr *image, uint32_t generation,
		      int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ struct attest_image_hdr *copy = NULL;
	uint32_t n = (image->bytes + ATTEST_PAGE_BYTES - 1) / ATTEST_PAGE_BYTES;
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_INNER_MAP);

	copy = malloc(image->bytes);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, image, image->bytes);
	copy->generation = generation;
	copy->version = new_number();
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "attest_image", sizeof(__u32),
			    ATTEST_PAGE_BYTES, n, &options);
	if (fd < 0)
		return -errno;
	for (uint32_t i = 0; i < n; i++) {
		size_t at = (size_t)i * ATTEST_PAGE_BYTES;
		int r;

		r = write_page(fd, i, (char *)copy + at, image->bytes - at);
		if (r < 0)
			return r;
	}
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static int find_slot(struct attest_kern *kern, uint32_t *ret)
{
	for (uint32_t i = 0; i < ATTEST_SLOTS_MAX; i++) {
		uint32_t id;

		if (bpf_map_lookup_elem(kern->images_fd, &i, &id) < 0 &&
		    errno == ENOENT) {
			*ret = i;
			return 0;
		}
	}
	return -ENOSPC;
}

static int put(struct attest_kern *kern, const struct attest_slot *slot,
	       const struct attest_image_hdr *image)
{
	_cleanup_close_ int fd = -1;
	int r;

	r = make_pages(image, slot->generation, &fd);
	if (r < 0)
		return r;
	r = bpf_map_update_elem(kern->images_fd, &slot->slot, &fd, BPF_ANY);
	return r < 0 ? -errno : 0;
}

/* false: the programs for its network rules were left out. */
static bool has_network_of(const struct attest_kern *kern,
			   const struct attest_image_hdr *image)
{
	return kern->with_network || !(image->flags & ATTEST_IMAGE_NET_DENY) ||
	       kern->rung > ATTEST_RUNG_FMOD_RET;
}

int attest_kern_policy_add(struct attest_kern *kern,
			   const struct attest_image_hdr *image,
			   struct attest_slot *ret)
{
	struct attest_slot slot = { .generation = new_number() };
	struct attest_usage usage = { .generation = slot.generation };
	int r;

	if (!has_network_of(kern, image))
		return -ENOTSUP;
	r = find_slot(kern, &slot.slot);
	if (r < 0)
		return r;
	if (bpf_map_update_elem(kern->usage_fd, &slot.slot, &usage, BPF_ANY) <
	    0)
		return -errno;
	/* Nobody may be bound before what binds hangs on the kernel. */
	r = attest_limit_need(kern, slot.slot, image);
	r = r ?: attest_kern_demand(kern, slot.slot, image);
	r = r ?: put(kern, &slot, image);
	if (r < 0) {
		(void)attest_kern_demand(kern, slot.slot, NULL);
		(void)attest_limit_need(kern, slot.slot, NULL);
		return r;
	}
	*ret = slot;
	return 0;
}

int attest_kern_policy_replace(struct attest_kern *kern,
			       const struct attest_slot *slot,
			       const struct attest_image_hdr *image)
{
	int r;

	if (!has_network_of(kern, image))
		return -ENOTSUP;
	/* What the old image needs stays until the new one is in force. */
	r = attest_kern_demand_more(kern, slot->slot, image);
	r = r ?: attest_limit_need(kern, slot->slot, image);
	r = r ?: put(kern, slot, image);
	return r ?: attest_kern_demand(kern, slot->slot, image);
}

int attest_kern_usage(struct attest_kern *kern, const struct attest_slot *slot,
		      struct attest_usage *ret)
{
	if (bpf_map_lookup_elem(kern->usage_fd, &slot->slot, ret) < 0)
		return -errno;
	return ret->generation == slot->generation ? 0 : -ESTALE;
}

uint64_t attest_kern_count(struct attest_kern *kern,
			   const struct attest_slot *slot, uint32_t rule)
{
	struct attest_count_key key = { .slot = slot->slot, .rule = rule };
	uint64_t n = 0;

	(void)bpf_map_lookup_elem(kern->counts_fd, &key, &n);
	return n;
}
