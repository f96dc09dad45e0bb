// SPDX-License-Identifier: Apache-2.0
/**
 * What the report says of the policy: profile, summary, coverage, evidence.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "policy/seccomp.h"
#include "report/internal.h"

static const char *action_name(enum attest_scmp_action action)
{
	static const char *const names[] = {
		[ATTEST_SCMP_ALLOW] = "Allow",
		[ATTEST_SCMP_LOG] = "Trace",
		[ATTEST_SCMP_ERRNO] = "Errno",
		[ATTEST_SCMP_TRAP] = "Trap",
		[ATTEST_SCMP_KILL_THREAD] = "KillThread",
		[ATTEST_SCMP_KILL_PROCESS] = "Kill",
		[ATTEST_SCMP_NOTIFY] = "Notify",
		[ATTEST_SCMP_TRACE] = "Ptrace",
	};

	return (size_t)action < ARRAY_SIZE(names) ? names[action] : "Unknown";
}

static bool allows(enum attest_scmp_action action)
{
	return action == ATTEST_SCMP_ALLOW || action == ATTEST_SCMP_LOG;
}

json_t *attest_report_seccomp_profile(const struct attest_policy *policy)
{
	const struct attest_seccomp_profile *p;
	json_int_t allowed = 0;
	json_int_t blocked = 0;

	p = policy ? policy->seccomp : NULL;
	if (!p)
		return json_pack("{sssisisiss}", "name", "none", "total_rules",
				 0, "allowed_syscalls", 0, "blocked_syscalls",
				 0, "default_action", "Allow");
	for (size_t i = 0; i < p->n_rules; i++) {
		if (allows(p->rules[i].action))
			allowed += (json_int_t)p->rules[i].n_names;
		else
			blocked += (json_int_t)p->rules[i].n_names;
	}
	return json_pack("{sssIsIsIss}", "name", p->name ? p->name : "custom",
			 "total_rules", allowed + blocked, "allowed_syscalls",
			 allowed, "blocked_syscalls", blocked, "default_action",
			 action_name(p->default_action));
}

static void put_limit(struct attest_str *s, const char *name, uint64_t limit)
{
	if (limit)
		attest_str_printf(s, "\n- %s: Some(%" PRIu64 ")", name, limit);
	else
		attest_str_printf(s, "\n- %s: None", name);
}

char *attest_report_policy_summary(const struct attest_policy *policy)
{
	static const char *const accesses[] = {
		[ATTEST_PATH_FORBIDDEN] = "Forbidden",
		[ATTEST_PATH_READ_ONLY] = "ReadOnly",
		[ATTEST_PATH_READ_WRITE] = "ReadWrite",
	};
	_cleanup_str_ struct attest_str s = { 0 };

	attest_str_puts(&s, "Filesystem Security Policy:");
	if (!policy || !policy->has_filesystem) {
		attest_str_puts(&s, "\n- None");
		return attest_str_take(&s);
	}
	attest_str_printf(&s, "\n- Default access: %s",
			  accesses[policy->fs_default]);
	attest_str_printf(&s, "\n- Rules: %zu active", policy->n_rules);
	put_limit(&s, "Max file size", policy->max_file_bytes);
	put_limit(&s, "Max disk usage", policy->max_disk_bytes);
	return attest_str_take(&s);
}

static json_t *layer_names(uint32_t layers)
{
	json_t *list = json_array();

	for (int i = 1; i < ATTEST_LAYER_END; i++)
		if (layers & 1U << i)
			(void)json_array_append_new(
			    list, json_string(attest_layer_name(i)));
	return list;
}

json_t *attest_report_coverage(const struct attest_coverage *coverage)
{
	json_t *items;

	if (!coverage)
		return json_null();
	items = json_array();
	for (size_t i = 0; i < coverage->n_items; i++) {
		const struct attest_item *item = &coverage->items[i];
		json_t *o = json_pack("{sssososs?}", "item", item->text,
				      "enforced_by", layer_names(item->full),
				      "partly_by", layer_names(item->partial),
				      "reason", item->reason);

		if (json_array_append_new(items, o) != 0) {
			json_decref(items);
			return NULL;
		}
	}
	return json_pack("{sbso}", "complete",
			 attest_coverage_gap(coverage) == NULL, "items", items);
}
