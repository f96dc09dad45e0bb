// SPDX-License-Identifier: Apache-2.0
/**
 * A policy as its canonical JSON: a document of its own, with every default
 * written and nothing inherited, keys sorted, without white space.
 */
#include <errno.h>
#include <jansson.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "policy/policy_read.h"
#include "policy/seccomp_text.h"

static const char *const access_names[] = {
	[ATTEST_PATH_FORBIDDEN] = "forbidden",
	[ATTEST_PATH_READ_ONLY] = "read-only",
	[ATTEST_PATH_READ_WRITE] = "read-write",
};
static const char *const symlink_names[] = {
	[ATTEST_SYMLINKS_WITHIN_RULES] = "within-rules",
	[ATTEST_SYMLINKS_FORBID] = "forbid",
	[ATTEST_SYMLINKS_FOLLOW] = "follow",
};
static const char *const grant_names[] = {
	"mount", "bpf", "ptrace", "cgroup", "namespace", "module",
};

/* Numbers are unsigned 64-bit here, jansson's are signed: 2^63 and more are
 * not told apart, and mean no limit that a machine reaches.
 */
static json_t *number(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *rule_json(const struct attest_rule *r)
{
	json_t *o = json_pack("{s:s, s:s, s:b, s:i}", "path", r->path, "access",
			      access_names[r->access], "recursive",
			      (int)r->recursive, "priority", r->priority);

	if (o && r->access != ATTEST_PATH_FORBIDDEN)
		(void)json_object_set_new(o, "execute",
					  json_boolean(r->execute));
	if (o && r->hide)
		(void)json_object_set_new(o, "hide", json_true());
	if (o && r->description)
		(void)json_object_set_new(o, "description",
					  json_string(r->description));
	return o;
}

static json_t *filesystem_json(const struct attest_policy *p)
{
	json_t *rules = json_array();
	json_t *extensions = json_array();

	for (size_t i = 0; i < p->n_rules; i++)
		if (json_array_append_new(rules, rule_json(&p->rules[i])) < 0) {
			json_decref(rules);
			rules = NULL;
			break;
		}
	for (size_t i = 0; i < p->n_extensions; i++)
		(void)json_array_append_new(extensions,
					    json_string(p->extensions[i]));
	return json_pack(
	    "{s:s, s:b, s:s, s:o, s:o, s:{s:o, s:o, s:o}}", "default",
	    access_names[p->fs_default], "execute", (int)p->fs_default_execute,
	    "symlinks", symlink_names[p->symlinks], "rules", rules,
	    "forbidden_extensions", extensions, "limits", "max_file_size",
	    number(p->max_file_bytes), "max_disk_usage",
	    number(p->max_disk_bytes), "max_files", number(p->max_files));
}

static json_t *net_rule_json(const struct attest_net_rule *r)
{
	const char *protocol = r->protocols == ATTEST_NET_TCP	? "tcp"
			       : r->protocols == ATTEST_NET_UDP ? "udp"
								: "any";
	char port[16];
	json_t *o;

	(void)snprintf(port, sizeof(port), "%u-%u", r->port_min, r->port_max);
	o = json_pack("{s:s, s:s, s:s}", "protocol", protocol,
		      r->is_host ? "host" : "to", r->to ?: "any", "port", port);
	if (o && r->description)
		(void)json_object_set_new(o, "description",
					  json_string(r->description));
	return o;
}

static json_t *resolvers_json(const struct attest_policy *p)
{
	json_t *list = json_array();
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < p->n_resolvers; i++)
		(void)json_array_append_new(
		    list,
		    json_string(attest_address_text(p->resolvers[i], text)));
	return list;
}

static json_t *network_json(const struct attest_policy *p)
{
	json_t *allow = json_array();
	json_t *o;

	for (size_t i = 0; i < p->n_net_rules; i++)
		if (json_array_append_new(
			allow, net_rule_json(&p->net_rules[i])) < 0) {
			json_decref(allow);
			allow = NULL;
			break;
		}
	o = json_pack("{s:s, s:o}", "default",
		      p->net_default == ATTEST_NETWORK_DISABLED ? "disabled"
								: "enabled",
		      "allow", allow);
	if (o && p->n_resolvers)
		(void)json_object_set_new(o, "resolvers", resolvers_json(p));
	return o;
}

static json_t *limits_json(const struct attest_process_limits *l)
{
	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:o}", "open_files", number(l->open_files),
	    "processes", number(l->processes), "memory",
	    number(l->memory_bytes), "cpu_seconds", number(l->cpu_seconds),
	    "wall_seconds", number(l->wall_seconds));
}

static json_t *grants_json(uint32_t grants)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(grant_names); i++)
		if (grants >> i & 1)
			(void)json_array_append_new(
			    list, json_string(grant_names[i]));
	return list;
}

char *attest_policy_to_json(const struct attest_policy *policy)
{
	json_auto_t *root = NULL;
	int r = 0;

	root =
	    json_pack("{s:i, s:s, s:s, s:o, s:o}", "version", 1, "name",
		      policy->name ?: "policy", "mode",
		      policy->mode == ATTEST_MODE_AUDIT ? "audit" : "enforce",
		      "limits", limits_json(&policy->limits), "grants",
		      grants_json(policy->grants));
	if (!root)
		return NULL;
	if (policy->has_filesystem)
		r |= json_object_set_new(root, "filesystem",
					 filesystem_json(policy));
	if (policy->has_network)
		r |= json_object_set_new(root, "network", network_json(policy));
	if (policy->seccomp)
		r |= json_object_set_new(
		    root, "seccomp", attest_scmp_json_object(policy->seccomp));
	return r ? NULL
		 : attest_scmp_json_dump(root, JSON_SORT_KEYS | JSON_COMPACT);
}

int attest_policy_make_digest(struct attest_policy *policy)
{
	_cleanup_free_ char *text = attest_policy_to_json(policy);
	SHA2_CTX sha;

	if (!text)
		return -ENOMEM;
	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)text, strlen(text));
	SHA256Final(policy->digest, &sha);
	return 0;
}
