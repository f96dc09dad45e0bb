// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sandbox/landlock_abi.h"
#include "sandbox/landlock_walk.h"

void attest_landlock_plan_free(struct attest_landlock_plan **plan)
{
	struct attest_landlock_plan *p = *plan;

	*plan = NULL;
	if (!p)
		return;
	for (size_t i = 0; i < p->n_grants; i++)
		free(p->grants[i].path);
	for (size_t i = 0; i < p->n_fates; i++)
		free(p->fates[i].note);
	free(p->grants);
	free(p->ports);
	free(p->fates);
	free(p);
}

int attest_landlock_grant_add(struct attest_landlock_plan *plan,
			      const char *path, uint64_t rights,
			      bool is_directory)
{
	struct attest_landlock_grant *grants;
	size_t n = plan->n_grants;

	if (!rights)
		return 0;
	/* Room is doubled whenever n is a power of two. */
	if ((n & (n - 1)) == 0) {
		grants =
		    reallocarray(plan->grants, n ? n * 2 : 1, sizeof(*grants));
		if (!grants)
			return -ENOMEM;
		plan->grants = grants;
	}
	plan->grants[n] = (struct attest_landlock_grant){
		.path = strdup(path),
		.rights = rights,
		.is_directory = is_directory,
	};
	if (!plan->grants[n].path)
		return -ENOMEM;
	plan->n_grants++;
	return 0;
}

int attest_landlock_note(struct attest_landlock_plan *plan, size_t fate,
			 const char *format, ...)
{
	va_list args;
	int n;

	if (plan->fates[fate].note)
		return 0;
	va_start(args, format);
	n = vasprintf(&plan->fates[fate].note, format, args);
	va_end(args);
	if (n >= 0)
		return 0;
	plan->fates[fate].note = NULL;
	return -ENOMEM;
}

static int add_port(struct attest_landlock_plan *plan, uint32_t port,
		    uint64_t rights)
{
	struct attest_landlock_port *ports;

	ports = reallocarray(plan->ports, plan->n_ports + 1, sizeof(*ports));
	if (!ports)
		return -ENOMEM;
	plan->ports = ports;
	ports[plan->n_ports++] = (struct attest_landlock_port){
		.port = (uint16_t)port,
		.rights = rights,
	};
	return 0;
}

static int plan_network(struct attest_landlock_plan *plan,
			const struct attest_policy *policy)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < policy->n_net_rules; i++) {
		const struct attest_net_rule *rule = &policy->net_rules[i];
		uint64_t rights = 0;
		uint32_t port = rule->port_min;

		if (rule->protocols & ATTEST_NET_TCP)
			rights |= ATTEST_LL_CONNECT_TCP;
		if (rule->protocols & ATTEST_NET_UDP)
			rights |= ATTEST_LL_CONNECT_UDP;
		if (rule->port_max - port >= ATTEST_LANDLOCK_PORTS_MAX) {
			/* Stays refused, or is left to the other layer. */
			if (plan->fit == ATTEST_LANDLOCK_LOOSE)
				plan->handles_net = false;
			continue;
		}
		for (; r == 0 && port <= rule->port_max; port++)
			r = add_port(plan, port, rights);
		/* Sending needs a local port; the kernel picks it. */
		if (r == 0 && (rule->protocols & ATTEST_NET_UDP))
			r = add_port(plan, 0, ATTEST_LL_BIND_UDP);
	}
	return r;
}

int attest_landlock_plan_make(const struct attest_policy *policy,
			      const struct attest_image_hdr *image,
			      enum attest_landlock_fit fit,
			      const struct attest_landlock_tree *tree,
			      struct attest_landlock_plan **ret)
{
	_cleanup_(attest_landlock_plan_free) struct attest_landlock_plan *plan =
	    NULL;
	int r = 0;

	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	plan->fit = fit;
	plan->handles_fs = policy->has_filesystem;
	plan->handles_net = policy->has_network &&
			    policy->net_default == ATTEST_NETWORK_DISABLED;
	plan->scopes_abstract_unix = plan->handles_net;
	plan->fates = calloc(policy->n_rules + 1, sizeof(*plan->fates));
	if (!plan->fates)
		return -ENOMEM;
	plan->n_fates = policy->n_rules + 1;
	plan->fates[0].is_carried = true;
	if (plan->handles_fs)
		r = attest_landlock_plan_rules(plan, policy, image, tree);
	if (r == 0 && plan->handles_net)
		r = plan_network(plan, policy);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(plan);
	return 0;
}
