/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * The BPF side of the matcher: an image is a map of pages.
 */
#pragma once

#include "lib/maps.h"

/* The verifier must not learn where the masked index came from. */
#define ATTEST_OPAQUE(x) asm volatile("" : "+r"(x))

static __always_inline const void *attest_image_at(void *image, __u64 off)
{
	__u32 index = off >> ATTEST_PAGE_SHIFT;
	const char *page;

	page = bpf_map_lookup_elem(image, &index);
	if (!page)
		return NULL;
	off &= ATTEST_PAGE_BYTES - 1;
	ATTEST_OPAQUE(off);
	/* 16-byte entries at most, and aligned: none leaves the page. */
	off &= ATTEST_PAGE_BYTES - 16;
	return page + off;
}

static __always_inline void *attest_image_of(__u32 slot)
{
	return bpf_map_lookup_elem(&attest_images, &slot);
}

static __always_inline const struct attest_image_hdr *
attest_image_header(void *image)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(image, &zero);
}

/* An 8-byte entry: the low half of a 16-byte cell of the page is masked off
 * by attest_image_at(), so it has a reader of its own.
 */
static __always_inline const void *attest_image_at8(void *image, __u64 off)
{
	__u32 index = off >> ATTEST_PAGE_SHIFT;
	const char *page;

	page = bpf_map_lookup_elem(image, &index);
	if (!page)
		return NULL;
	off &= ATTEST_PAGE_BYTES - 1;
	ATTEST_OPAQUE(off);
	off &= ATTEST_PAGE_BYTES - 8;
	return page + off;
}

/* What the matcher is given: the map and where its sections start. */
struct attest_tables {
	void *image;
	__u32 states_off;
	__u32 cells_off;
};

#define ATTEST_IMAGE_TYPE const struct attest_tables *

static __always_inline const struct attest_image_state *
attest_image_state_at(ATTEST_IMAGE_TYPE t, __u32 i)
{
	return attest_image_at(t->image, (__u64)t->states_off + i * 16ULL);
}

static __always_inline const struct attest_image_cell *
attest_image_cell_at(ATTEST_IMAGE_TYPE t, __u32 i)
{
	return attest_image_at8(t->image, (__u64)t->cells_off + i * 8ULL);
}

#include <attest/match.h>

static __always_inline const struct attest_image_rule *
attest_image_rule_at(void *image, const struct attest_image_hdr *hdr, __u32 i)
{
	return attest_image_at8(image, (__u64)hdr->rules_off + i * 8ULL);
}
