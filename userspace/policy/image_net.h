/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The network section of an image.
 */
#pragma once

#include <attest/network.h>

#include "policy/hosts.h"
#include "policy/image.h"

/**
 * Fills in the entries, or counts them.
 *
 * A rule with a name has an entry for each name of the policy that it covers:
 * of the names that match, the image's automaton tells only the first.
 *
 * @net: NULL: count.
 */
uint32_t attest_image_net_fill(const struct attest_policy *policy,
			       const struct attest_hosts *hosts,
			       struct attest_image_net *net);
