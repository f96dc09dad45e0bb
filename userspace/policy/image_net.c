// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "policy/image_net.h"

static void put(struct attest_image_net *net, const struct attest_net_rule *r,
		size_t rule, size_t host)
{
	*net = (struct attest_image_net){
		.protocols = (uint8_t)r->protocols,
		.prefix_len = r->prefix_len,
		.port_min = r->port_min,
		.port_max = r->port_max,
		.flags = host ? ATTEST_NET_HOST : 0,
		.rule = (uint32_t)rule,
		.host = (uint32_t)host,
	};
	memcpy(net->addr, r->addr, sizeof(net->addr));
}

uint32_t attest_image_net_fill(const struct attest_policy *policy,
			       const struct attest_hosts *hosts,
			       struct attest_image_net *net)
{
	uint32_t n = hosts->n ? ATTEST_RESOLVERS_MAX : 0;

	for (uint32_t i = 0; net && i < n; i++)
		net[i] =
		    (struct attest_image_net){ .flags = ATTEST_NET_RESOLVER };
	for (size_t i = 0; i < policy->n_net_rules; i++) {
		const struct attest_net_rule *r = &policy->net_rules[i];

		if (!r->is_host) {
			if (net)
				put(&net[n], r, i, 0);
			n++;
			continue;
		}
		for (size_t h = 0; h < hosts->n; h++) {
			if (!attest_host_covers(r->to, hosts->names[h]))
				continue;
			if (net)
				put(&net[n], r, i, h + 1);
			n++;
		}
	}
	return n;
}

int attest_image_set_resolvers(struct attest_image_hdr *image,
			       const uint8_t (*addrs)[16], size_t n)
{
	struct attest_image_net *net = (void *)((char *)image + image->net_off);

	if (!(image->flags & ATTEST_IMAGE_HAS_HOSTS))
		return 0;
	if (n > ATTEST_RESOLVERS_MAX)
		return -E2BIG;
	for (size_t i = 0; i < n; i++) {
		net[i] = (struct attest_image_net){
			.prefix_len = 128,
			.protocols = ATTEST_NET_TCP | ATTEST_NET_UDP,
			.port_min = ATTEST_DNS_PORT,
			.port_max = ATTEST_DNS_PORT,
			.flags = ATTEST_NET_RESOLVER,
		};
		memcpy(net[i].addr, addrs[i], sizeof(net[i].addr));
	}
	return 0;
}
