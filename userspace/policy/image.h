/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Policy to image, and the host's side of the matcher.
 */
#pragma once

#include <attest/image.h>

#include "policy/policy.h"

/**
 * Compiles a policy for the BPF layer.
 *
 * Rule 0 of the image is the default access, rule i + 1 is policy->rules[i].
 * Of the rules that match a path the one with the highest priority wins, then
 * the one with the longer literal prefix, then the stricter one, then the
 * first written.
 *
 * @ret_image: one allocation of ret_image->bytes bytes; free().
 *
 * Return: 0; -E2BIG past ATTEST_IMAGE_MAX (the patterns' automaton grew too
 *         large; diag names the limit); -ENOMEM.
 */
int attest_image_build(const struct attest_policy *policy,
		       struct attest_image_hdr **ret_image,
		       struct attest_diag *reterr_diag);

/**
 * Says who answers for names. What resolvers are is the machine's affair, so it
 * is no part of what is compiled.
 *
 * @addrs: IPv4 in mapped form; all ports 53 of them are on the list then.
 *
 * Return: 0, also where no rule has a name; -E2BIG past ATTEST_RESOLVERS_MAX.
 */
int attest_image_set_resolvers(struct attest_image_hdr *image,
			       const uint8_t (*addrs)[16], size_t n);

/** Is this block a well-formed image? Used before any other read of it. */
bool attest_image_is_valid(const void *data, size_t len);

/** What the policy says of a path. */
struct attest_decision {
	uint32_t rule;	 /* of the image */
	uint32_t access; /* ATTEST_ACCESS_* that are allowed */
	bool hide;
	bool forbidden_extension; /* refuses WRITE, EXECUTE and creation */
};

/**
 * Decides on an absolute path that is already resolved: no ".", "..", empty
 * components or symbolic links. "/" is the root.
 */
void attest_image_decide(const struct attest_image_hdr *image, const char *path,
			 size_t len, struct attest_decision *ret);
