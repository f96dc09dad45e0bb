// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/cleanup.h"
#include "container/cover.h"
#include "event/record.h"

/* In the order of struct attest_process_limits; NULL: passed on. */
static const char *const limits[] = {
	NULL, /* open files */
	NULL, /* processes */
	NULL, /* memory */
	"container runtimes are given no limit of processor time",
	"container runtimes are given no limit of time",
};

static enum attest_cover say(enum attest_cover cover, char *reason, size_t size,
			     const char *text)
{
	(void)snprintf(reason, size, "%s", text);
	return cover;
}

static enum attest_cover cover_network(const struct attest_policy *policy,
				       char *reason, size_t size)
{
	if (policy->net_default != ATTEST_NETWORK_DISABLED)
		return ATTEST_COVER_FULL; /* nothing to enforce */
	if (policy->n_net_rules)
		return say(ATTEST_COVER_NONE, reason, size,
			   "a container is given all of its network or none");
	return ATTEST_COVER_FULL;
}

static enum attest_cover cover(const void *state,
			       const struct attest_policy *policy,
			       enum attest_subject_kind subject,
			       enum attest_item_kind kind, size_t index,
			       char *reason, size_t size)
{
	const struct attest_container_state *s = state;

	if (subject != ATTEST_SUBJECT_CONTAINER)
		return ATTEST_COVER_NONE;
	if (kind != ATTEST_ITEM_NET_DEFAULT &&
	    kind != ATTEST_ITEM_PROCESS_LIMIT)
		return ATTEST_COVER_NONE;
	if (!s->starts)
		return say(ATTEST_COVER_NONE, reason, size,
			   "only `container run` gives the runtime's settings");
	if (kind == ATTEST_ITEM_NET_DEFAULT)
		return cover_network(policy, reason, size);
	if (index >= ARRAY_SIZE(limits) || limits[index])
		return say(ATTEST_COVER_NONE, reason, size,
			   index < ARRAY_SIZE(limits) ? limits[index] : "");
	return ATTEST_COVER_FULL;
}

const struct attest_layer_ops attest_container_layer = {
	.layer = ATTEST_LAYER_CONTAINER,
	.name = "container",
	.cover = cover,
};
