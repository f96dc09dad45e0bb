// SPDX-License-Identifier: Apache-2.0
/**
 * What this kernel offers, found out by trying.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/engine.h"
#include "engine/session.h"
#include "sandbox/landlock.h"

struct doctor {
	attest_doctor_fn fn;
	void *ctx;
};

static void say(const struct doctor *d, const char *topic, bool is_good,
		const char *text)
{
	struct attest_doctor_line line = { topic, is_good, text };

	d->fn(&line, d->ctx);
}

static enum attest_rung try_rungs(const struct doctor *d,
				  const struct attest_probe *probe)
{
	static const struct {
		enum attest_rung rung;
		const char *topic;
	} rungs[] = {
		{ ATTEST_RUNG_LSM, "bpf lsm" },
		{ ATTEST_RUNG_FMOD_RET, "bpf fmod_ret" },
		{ ATTEST_RUNG_TRACE, "bpf tracing" },
	};
	enum attest_rung best = ATTEST_RUNG_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(rungs); i++) {
		_close_kern_ struct attest_kern *kern = NULL;
		char reason[512] = "";
		int r;

		r = attest_kern_open(probe, rungs[i].rung, NULL, NULL, &kern,
				     reason, sizeof(reason));
		if (r == 0 && rungs[i].rung != ATTEST_RUNG_TRACE)
			r = attest_kern_canary(kern, reason, sizeof(reason));
		if (r < 0) {
			say(d, rungs[i].topic, false, reason);
			continue;
		}
		if (best == ATTEST_RUNG_NONE)
			best = rungs[i].rung;
		say(d, rungs[i].topic, true,
		    rungs[i].rung == ATTEST_RUNG_TRACE
			? "loads; sees processes, refuses nothing"
			: "enforces: the canary was refused and recorded");
	}
	return best;
}

enum attest_rung attest_engine_doctor(attest_doctor_fn fn, void *ctx)
{
	const struct doctor d = { fn, ctx };
	struct attest_probe probe;
	enum attest_rung rung;
	char text[512];
	int abi;

	attest_probe_kernel(&probe);
	(void)snprintf(text, sizeof(text), "%s, preemption %s, LSMs %s",
		       probe.release, attest_preempt_name(probe.preempt),
		       probe.lsm_list[0] ? probe.lsm_list
					 : "unknown (mount securityfs)");
	say(&d, "kernel", probe.version >= (6U << 8 | 1), text);
	rung = try_rungs(&d, &probe);
	abi = attest_landlock_probe();
	if (abi > 0)
		(void)snprintf(text, sizeof(text), "ABI %d", abi);
	else
		(void)snprintf(text, sizeof(text), "%s",
			       attest_landlock_remedy(abi));
	say(&d, "landlock", abi > 0, text);
	say(&d, "seccomp", access("/proc/sys/kernel/seccomp", F_OK) == 0,
	    access("/proc/sys/kernel/seccomp", F_OK) == 0
		? "filters"
		: "not built in: it needs CONFIG_SECCOMP_FILTER=y");
	return rung;
}

int attest_engine_explain(const struct attest_policy *policy,
			  enum attest_subject_kind subject,
			  struct attest_coverage **ret_coverage,
			  char *bpf_reason, size_t size)
{
	struct attest_engine_options options = { .policy = policy };
	struct attest_engine_result result;
	_close_session_ struct attest_session s;
	int r;

	r = attest_session_open(&s, &options, subject, geteuid() == 0, &result);
	if (r == 0)
		*ret_coverage = TAKE_PTR(result.coverage);
	(void)snprintf(bpf_reason, size, "%s", result.bpf_reason);
	attest_engine_result_done(&result);
	return r;
}
