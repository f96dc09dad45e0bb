// SPDX-License-Identifier: Apache-2.0
/**
 * Which controls the enforced settings give evidence for. A table: each row
 * holds where its condition does. Evidence, not certification: the text says
 * what was configured and recorded, an assessor judges it.
 */
#include "base/cleanup.h"
#include "report/internal.h"

struct facts {
	bool enforced;	/* every statement by some layer, mode enforce */
	bool isolated;	/* network disabled or restricted */
	bool least;	/* filesystem default forbidden */
	bool restricts; /* a filesystem section */
	bool syscalls;	/* a seccomp profile */
	bool limits;
	bool whole; /* no records lost */
};

struct row {
	const char *framework;
	const char *control;
	const char *evidence;
	size_t needs; /* offset of a fact */
};

#define ROW(framework, control, fact, evidence)                                \
	{                                                                      \
		framework, control, evidence, offsetof(struct facts, fact)     \
	}

static const struct row rows[] = {
	ROW("SLSA", "Build: isolated", isolated,
	    "Network access of the subject was limited by policy."),
	ROW("SLSA", "Build: hermetic inputs", least,
	    "Only listed paths could be used; others were refused."),
	ROW("NIST 800-53", "AC-3", restricts,
	    "Path rules were enforced on the subject."),
	ROW("NIST 800-53", "AC-6", least,
	    "Filesystem access was refused unless a rule allowed it."),
	ROW("NIST 800-53", "AU-2", enforced,
	    "Refusals were selected as auditable events and recorded."),
	ROW("NIST 800-53", "AU-3", enforced,
	    "Records name time, process, object, rule and outcome."),
	ROW("NIST 800-53", "AU-5", whole,
	    "No record was lost; losses would be listed under gaps."),
	ROW("NIST 800-53", "CM-7", syscalls,
	    "System calls were limited by a profile."),
	ROW("NIST 800-53", "SC-7", isolated,
	    "Connections were limited to what the policy lists."),
	ROW("NIST 800-53", "SC-6", limits,
	    "Disk, file or process limits were set."),
	ROW("FedRAMP", "AC-6, CM-7", least,
	    "As under NIST 800-53, for the moderate and high baselines."),
	ROW("SOC 2", "CC6.1", restricts,
	    "Logical access to files was restricted by rule."),
	ROW("SOC 2", "CC6.6", isolated,
	    "Access beyond the boundary was restricted by rule."),
	ROW("SOC 2", "CC7.2", whole,
	    "Violations were monitored without loss of records."),
	ROW("ISO 27001", "A.8.3", restricts,
	    "Access to information was restricted by policy."),
	ROW("ISO 27001", "A.8.15", whole, "Logs of refusals are complete."),
	ROW("ISO 27001", "A.8.20", isolated,
	    "Network use was limited by policy."),
};

#define DISCLAIMER                                                             \
	"Evidence for an assessor: what was configured, enforced and "         \
	"recorded for this subject. Not a certification of any framework."

static struct facts gather(const struct attest_policy *p,
			   const struct attest_coverage *coverage,
			   uint64_t lost)
{
	struct facts f = { 0 };

	if (!p || !coverage)
		return f;
	f.enforced =
	    p->mode == ATTEST_MODE_ENFORCE && !attest_coverage_gap(coverage);
	if (!f.enforced)
		return f;
	f.isolated =
	    p->has_network && p->net_default == ATTEST_NETWORK_DISABLED;
	f.restricts = p->has_filesystem;
	f.least = p->has_filesystem && p->fs_default == ATTEST_PATH_FORBIDDEN;
	f.syscalls = p->seccomp != NULL;
	f.limits = p->max_file_bytes || p->max_disk_bytes || p->max_files ||
		   p->limits.memory_bytes || p->limits.processes;
	f.whole = lost == 0;
	return f;
}

json_t *attest_report_compliance(const struct attest_policy *policy,
				 const struct attest_coverage *coverage,
				 uint64_t lost)
{
	struct facts facts = gather(policy, coverage, lost);
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];

		if (!*(const bool *)((const char *)&facts + row->needs))
			continue;
		if (json_array_append_new(
			list, json_pack("{ssssss}", "framework", row->framework,
					"control", row->control, "evidence",
					row->evidence)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return json_pack("{ssso}", "note", DISCLAIMER, "controls", list);
}
