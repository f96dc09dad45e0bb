/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * The path matcher: one source for the kernel and the host.
 *
 * The includer defines, before it includes this file,
 *   ATTEST_IMAGE_TYPE                 what names an image (BPF: a map, host: a
 * block) attest_image_state_at(img, i)     const struct attest_image_state *,
 * or NULL attest_image_cell_at(img, i)      const struct attest_image_cell *,
 * or NULL and adds the section's offset and the page arithmetic there.
 *
 * A path is fed component by component: '/' and the bytes of the name. The
 * root directory is the empty input.
 */
#pragma once

#include <attest/image.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif

/* Not a state: the tables could not be read. Decides as unresolvable. */
#define ATTEST_STATE_BAD 0xffffffffU

/** The state that byte leads to from state, or ATTEST_STATE_BAD. */
static __always_inline __u32 attest_match_byte(ATTEST_IMAGE_TYPE img,
					       __u32 state, __u8 byte)
{
	const struct attest_image_state *s;
	const struct attest_image_cell *c;
	__u32 deflt;

	s = attest_image_state_at(img, state);
	if (!s)
		return ATTEST_STATE_BAD;
	deflt = s->deflt;
	c = attest_image_cell_at(img, s->base + byte);
	if (!c)
		return ATTEST_STATE_BAD;

	return c->owner == state ? c->next : deflt;
}
