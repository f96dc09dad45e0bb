/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The host's "/" by its entries, for a root that has one more.
 */
#pragma once

#include "sandbox/container.h"

/**
 * Reads the directories and links of "/" into the container, and adds one
 * directory. Files of "/" itself are left out.
 *
 * @target: "/NAME", which is not there on the host.
 *
 * Return: 0; -ENOENT the target is not right below "/"; -ENOMEM, or what
 * reading the directory said.
 */
int attest_root_entries_read(struct attest_container *container,
			     const char *target);
void attest_root_entries_free(struct attest_container *container);
