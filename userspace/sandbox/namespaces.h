/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Namespaces and capabilities. All but attest_ns_map_ids() and
 * attest_ns_remedy() run between fork and exec and are async-signal-safe.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Flags of clone3(2) for a container. */
uint64_t attest_ns_flags(bool own_network);

/**
 * Gives a process in a new user namespace its ids: root keeps all of them,
 * a user keeps their own.
 *
 * Context: parent. Return: 0 or -errno.
 */
int attest_ns_map_ids(pid_t pid);

/** Why clone3(2) may have failed, and what to do. */
const char *attest_ns_remedy(int error);

/** Brings the loopback interface up. 0 or -errno. */
int attest_ns_loopback_up(void);

/** From here on no user namespace can be made below the caller's. */
int attest_ns_forbid_more(void);

/** Gives up every capability, also for what will be executed. */
int attest_caps_drop(void);
