// SPDX-License-Identifier: Apache-2.0
/**
 * The `network`, `limits` and `grants` sections.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "policy/hosts.h"
#include "policy/policy_read.h"

#define NET_RULES_MAX 4096

static const char *const section_keys[] = { "default", "allow", "resolvers",
					    NULL };
static const char *const rule_keys[] = { "protocol", "to",	    "host",
					 "port",     "description", NULL };
static const char *const limit_keys[] = { "open_files",	  "processes",
					  "memory",	  "cpu_seconds",
					  "wall_seconds", NULL };
static const struct attest_choice default_choices[] = {
	{ "disabled", ATTEST_NETWORK_DISABLED },
	{ "enabled", ATTEST_NETWORK_ENABLED },
	{ NULL, 0 },
};
static const struct attest_choice protocol_choices[] = {
	{ "tcp", ATTEST_NET_TCP },
	{ "udp", ATTEST_NET_UDP },
	{ "any", ATTEST_NET_TCP | ATTEST_NET_UDP },
	{ NULL, 0 },
};
static const struct attest_choice grant_choices[] = {
	{ "mount", ATTEST_GRANT_MOUNT },
	{ "bpf", ATTEST_GRANT_BPF },
	{ "ptrace", ATTEST_GRANT_PTRACE },
	{ "cgroup", ATTEST_GRANT_CGROUP },
	{ "namespace", ATTEST_GRANT_NAMESPACE },
	{ "module", ATTEST_GRANT_MODULE },
	{ NULL, 0 },
};

void attest_net_rules_free(struct attest_net_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(rules[i].to);
		free(rules[i].description);
	}
	free(rules);
}

/* The digits of a prefix length, no more than max. */
static bool parse_prefix(const char *text, unsigned int max, unsigned int *ret)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 3 || text[n])
		return false;
	*ret = (unsigned int)strtoul(text, NULL, 10);
	return *ret <= max;
}

static bool parse_address(const char *text, struct attest_net_rule *rule)
{
	const char *slash = strchrnul(text, '/');
	char address[INET6_ADDRSTRLEN];
	unsigned int prefix;
	bool v4;

	if ((size_t)(slash - text) >= sizeof(address))
		return false;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (!attest_address_parse(address, rule->addr))
		return false;
	/* Of ::ffff:0:0/96 the prefix is IPv6's. */
	v4 = !strchr(address, ':');
	prefix = v4 ? 32 : 128;
	if (*slash && !parse_prefix(slash + 1, prefix, &prefix))
		return false;
	rule->prefix_len = (uint8_t)(v4 ? prefix + 96 : prefix);
	/* What is behind the prefix does not count: zero, so it is canonical.
	 */
	for (unsigned int bit = rule->prefix_len; bit < 128; bit++)
		rule->addr[bit / 8] &= (uint8_t) ~(0x80U >> (bit % 8));
	return true;
}

static int read_host(struct attest_reader *rd, const struct attest_node *node,
		     struct attest_net_rule *rule)
{
	int r;

	if (rule->to)
		return attest_node_error(rd, node,
					 "a rule has 'to' or 'host', not both");
	r = attest_node_strdup(rd, node, "host", &rule->to);
	if (r < 0)
		return r;
	rule->is_host = attest_host_normalise(rule->to);
	if (!rule->is_host)
		return attest_node_error(
		    rd, node,
		    "host cannot be '%.60s'; write a name (example.org), or "
		    "*.example.org for all names below it",
		    rule->to);
	return 0;
}

static int read_to(struct attest_reader *rd, const struct attest_node *node,
		   struct attest_net_rule *rule)
{
	int r;

	r = attest_node_strdup(rd, node, "to", &rule->to);
	if (r < 0)
		return r;
	if (strcmp(rule->to, "any") == 0) {
		free(rule->to);
		rule->to = NULL;
		return 0;
	}
	if (parse_address(rule->to, rule))
		return 0;
	memset(rule->addr, 0, sizeof(rule->addr));
	rule->is_host = attest_host_normalise(rule->to);
	if (!rule->is_host)
		return attest_node_error(
		    rd, node,
		    "to cannot be '%.60s'; write an address (10.0.0.1, ::1), "
		    "a network (10.0.0.0/8), a host name, or any",
		    rule->to);
	return 0;
}

/* "443", or "8000-8080". */
static int read_port(struct attest_reader *rd, const struct attest_node *node,
		     struct attest_net_rule *rule)
{
	unsigned int from = 0;
	unsigned int to = 0;
	const char *text;
	int end = 0;
	int r;

	r = attest_node_string(rd, node, "port", &text);
	if (r < 0)
		return r;
	if (strspn(text, "0123456789-") == strlen(text) && isdigit(*text) &&
	    strlen(text) <= 11) {
		if (sscanf(text, "%5u-%5u%n", &from, &to, &end) < 2)
			end = sscanf(text, "%5u%n", &to, &end) == 1 ? end : 0;
		if (end && !strchr(text, '-'))
			from = to;
	}
	if (end == 0 || text[end] || from > to || to > 65535)
		return attest_node_error(rd, node,
					 "port must be a number or a range, "
					 "such as 443 or 8000-8080, at most "
					 "65535, not '%.40s'",
					 text);
	rule->port_min = (uint16_t)from;
	rule->port_max = (uint16_t)to;
	return 0;
}

static int read_net_rule(struct attest_reader *rd,
			 const struct attest_node *node,
			 struct attest_net_rule *rule)
{
	const struct attest_node *value;
	int choice;
	int r;

	rule->protocols = ATTEST_NET_TCP | ATTEST_NET_UDP;
	rule->port_max = 65535;
	r = attest_node_check_keys(rd, node, "a network rule", rule_keys);
	if (r == 0 && (value = attest_node_get(node, "protocol"))) {
		r = attest_node_choice(rd, value, "protocol", protocol_choices,
				       &choice);
		if (r == 0)
			rule->protocols = (unsigned int)choice;
	}
	if (r == 0 && (value = attest_node_get(node, "to")))
		r = read_to(rd, value, rule);
	if (r == 0 && (value = attest_node_get(node, "host")))
		r = read_host(rd, value, rule);
	if (r == 0 && (value = attest_node_get(node, "port")))
		r = read_port(rd, value, rule);
	if (r == 0 && (value = attest_node_get(node, "description")))
		r = attest_node_strdup(rd, value, "description",
				       &rule->description);
	return r;
}

static int read_resolvers(struct attest_reader *rd,
			  const struct attest_node *node,
			  struct attest_policy *policy)
{
	struct attest_net_rule rule = { 0 };
	const char *text;
	int r;

	r = attest_node_expect(rd, node, "resolvers", ATTEST_NODE_SEQUENCE);
	if (r == 0 && node->n_items > ATTEST_RESOLVERS_MAX)
		r = attest_node_error(rd, node, "more than %d resolvers",
				      ATTEST_RESOLVERS_MAX);
	if (r == 0)
		policy->n_resolvers = 0;
	for (size_t i = 0; r == 0 && i < node->n_items; i++) {
		r = attest_node_string(rd, &node->items[i], "a resolver",
				       &text);
		if (r == 0 &&
		    (!parse_address(text, &rule) || rule.prefix_len != 128))
			r = attest_node_error(rd, &node->items[i],
					      "a resolver is an address, such "
					      "as 10.0.0.2, not '%.60s'",
					      text);
		if (r == 0)
			memcpy(policy->resolvers[policy->n_resolvers++],
			       rule.addr, sizeof(rule.addr));
	}
	return r;
}

static int read_allow(struct attest_reader *rd, const struct attest_node *node,
		      struct attest_policy *policy)
{
	struct attest_net_rule *rules;
	size_t n;
	int r;

	r = attest_node_expect(rd, node, "allow", ATTEST_NODE_SEQUENCE);
	if (r < 0)
		return r;
	n = policy->n_net_rules + node->n_items;
	if (n > NET_RULES_MAX) {
		(void)attest_node_error(rd, node, "more than %d network rules",
					NET_RULES_MAX);
		return -E2BIG;
	}
	rules = calloc(n + 1, sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < node->n_items; i++)
		r = read_net_rule(rd, &node->items[i], &rules[i]);
	if (r < 0) {
		attest_net_rules_free(rules, node->n_items);
		return r;
	}
	if (policy->n_net_rules)
		memcpy(rules + node->n_items, policy->net_rules,
		       policy->n_net_rules * sizeof(*rules));
	free(policy->net_rules);
	policy->net_rules = rules;
	policy->n_net_rules = n;
	return 0;
}

int attest_policy_read_network_default(struct attest_reader *rd,
				       const struct attest_node *node,
				       const char *what,
				       struct attest_policy *policy)
{
	int choice;
	int r;

	r = attest_node_choice(rd, node, what, default_choices, &choice);
	if (r < 0)
		return r;
	policy->has_network = true;
	policy->net_default = (enum attest_net_default)choice;
	return 0;
}

int attest_policy_read_network(struct attest_reader *rd,
			       const struct attest_node *node,
			       struct attest_policy *policy)
{
	const struct attest_node *value;
	int r;

	r = attest_node_check_keys(rd, node, "network", section_keys);
	if (r < 0)
		return r;
	value = attest_node_get(node, "default");
	if (value)
		r = attest_policy_read_network_default(rd, value, "default",
						       policy);
	else if (!policy->has_network)
		r = attest_node_error(
		    rd, node, "network needs 'default': disabled or enabled");
	if (r == 0 && (value = attest_node_get(node, "allow")))
		r = read_allow(rd, value, policy);
	if (r == 0 && (value = attest_node_get(node, "resolvers")))
		r = read_resolvers(rd, value, policy);
	return r;
}

int attest_policy_read_limits(struct attest_reader *rd,
			      const struct attest_node *node,
			      struct attest_policy *policy)
{
	struct attest_process_limits *l = &policy->limits;
	const struct {
		const char *key;
		uint64_t *value;
	} numbers[] = {
		{ "open_files", &l->open_files },
		{ "processes", &l->processes },
		{ "cpu_seconds", &l->cpu_seconds },
		{ "wall_seconds", &l->wall_seconds },
	};
	const struct attest_node *value;
	int r;

	r = attest_node_check_keys(rd, node, "limits", limit_keys);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(numbers); i++) {
		value = attest_node_get(node, numbers[i].key);
		if (value)
			r = attest_node_u64(rd, value, numbers[i].key,
					    numbers[i].value);
	}
	if (r == 0 && (value = attest_node_get(node, "memory")))
		r = attest_node_size(rd, value, "memory", &l->memory_bytes);
	return r;
}

int attest_policy_read_grants(struct attest_reader *rd,
			      const struct attest_node *node,
			      struct attest_policy *policy)
{
	int choice;
	int r;

	r = attest_node_expect(rd, node, "grants", ATTEST_NODE_SEQUENCE);
	for (size_t i = 0; r == 0 && i < node->n_items; i++) {
		r = attest_node_choice(rd, &node->items[i], "a grant",
				       grant_choices, &choice);
		if (r == 0)
			policy->grants |= (uint32_t)choice;
	}
	return r;
}
