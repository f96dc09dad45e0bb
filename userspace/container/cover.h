/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What of a policy the container runtime enforces.
 */
#pragma once

#include "policy/coverage.h"

struct attest_container_state {
	bool starts; /* we write the container's settings */
};

extern const struct attest_layer_ops attest_container_layer;
