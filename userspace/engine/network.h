/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The part of the network policy that works on a subject's cgroup.
 */
#pragma once

#include "engine/session.h"

/** Tells the image who answers for names. Before it is loaded. */
int attest_session_resolvers(struct attest_session *s);

/** Finds out what programs of a cgroup do here. After the ladder. */
void attest_session_network_probe(struct attest_session *s);

/**
 * Puts the subject's cgroup under the policy, if it needs that.
 *
 * @cgroup_fd: of its directory; borrowed.
 * @pid:       whose network namespace is the subject's; 0: ours.
 *
 * Return: 0, or what failed; error is set then.
 */
int attest_session_network_confine(struct attest_session *s, int cgroup_fd,
				   pid_t pid);

/** Where the subject went, into the result. Before the policy goes. */
void attest_session_destinations(struct attest_session *s);
