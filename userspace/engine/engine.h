/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Puts the layers together: start order, main loop, stop order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/hook.h"
#include "container/run.h"
#include "engine/config.h"
#include "event/sink.h"
#include "event/syscall.h"
#include "kern/kern.h"
#include "policy/coverage.h"
#include "policy/policy.h"
#include "report/report.h"

/* Exit statuses of the tool. */
#define ATTEST_EXIT_FAILED 1
#define ATTEST_EXIT_USAGE 2
#define ATTEST_EXIT_UNSUPPORTED 3

/** System calls that attach records. */
struct attest_engine_calls {
	struct attest_kern_calls which;
	bool only_totals;
	struct attest_syscall_summary totals; /* out */
};

struct attest_engine_options {
	const struct attest_policy *policy; /* NULL: watch without one */
	bool is_audit;			    /* overrides the policy's mode */
	bool is_best_effort;   /* start although something is not enforced */
	bool without_bpf;      /* leave the BPF layer out */
	bool with_processes;   /* records of fork, exec and exit too */
	bool starts_container; /* with its runtime's settings */
	bool with_files;       /* attach: records of what is opened, too */
	struct attest_engine_calls *calls;     /* attach; NULL: none */
	enum attest_isolation_level isolation; /* of a command */
	/* Host directory that a command works in; NULL: where it is started.
	 * A container has it at /workspace if the policy has a rule that makes
	 * that writable, else at its own path.
	 */
	const char *workspace;
	uint64_t cpu_percent; /* of one CPU, strict containers; 0: no limit */
	struct attest_sink *const *sinks; /* borrowed, not closed */
	size_t n_sinks;
	uint64_t duration_ms; /* of attach; 0: until a signal */
	/* Called once, when the subject is confined: "ready". */
	void (*ready)(void *ctx);
	/* Called for SIGHUP, which a command then does not get; or NULL. */
	void (*hangup)(void *ctx);
	void *ctx;
};

#define ATTEST_ENGINE_COUNTERS 8

struct attest_engine_result {
	enum attest_rung rung;
	char bpf_reason[1024]; /* why not a better rung; "" if the best */
	struct attest_coverage *coverage;
	uint64_t n_records;
	uint64_t n_violations;
	uint64_t n_lost; /* in gap records */
	uint64_t recursion_misses;
	unsigned int n_tasks; /* marked at the start */
	bool is_hopeless;     /* -EOPNOTSUPP that best effort does not help */
	int exit_status;      /* run: the command's, as a shell has it */
	/* Of a command: how much of each limit it used. */
	struct attest_report_counter counters[ATTEST_ENGINE_COUNTERS];
	size_t n_counters;
	/* In mode audit: where it went, as far as that can be seen. */
	struct attest_report_destinations destinations;
	char error[1024]; /* one message when a call failed */
	/* error is about the isolation level, not an item of coverage */
	bool lacks_isolation;
};

void attest_engine_result_done(struct attest_engine_result *result);

/** Who is attached to. */
struct attest_engine_subject {
	enum attest_subject_kind kind; /* PID, CGROUP_TREE or CONTAINER */
	uint32_t pid;
	const char *cgroup; /* path of the directory */
	/* CONTAINER: one that runs, or one that a hook was called for. */
	const struct attest_container_info *running;
	const struct attest_hook_target *created;
};

/**
 * Runs a command in its confinement and records until it ends.
 *
 * @argv, @envp: as for execve(2); argv[0] is looked up along PATH.
 *
 * Return: 0, the command ran: ret_result->exit_status. -EOPNOTSUPP: this
 * kernel cannot enforce the policy, ->coverage says what. Any other negative
 * errno: ->error says what failed. Logs warnings only.
 */
int attest_engine_run(const struct attest_engine_options *options,
		      const char *const *argv, const char *const *envp,
		      struct attest_engine_result *ret_result);

/**
 * Confines or watches what runs already, until SIGINT, SIGTERM, the duration
 * or the end of the process. Detaches on return. A container that a hook was
 * called for (created) does not outlive this: it is killed when anything but
 * its own end ends the call.
 *
 * @is_enforced: false: refusals are recorded only.
 *
 * Return: as attest_engine_run().
 */
int attest_engine_attach(const struct attest_engine_options *options,
			 const struct attest_engine_subject *subject,
			 bool is_enforced,
			 struct attest_engine_result *ret_result);

/**
 * Runs a container to its end: its runtime's settings and seccomp profile by
 * the policy and, where BPF enforces, its control group under the policy from
 * the first instruction of its program on.
 *
 * @container:     completed by what the policy says; hook_path names the
 *                 program whose `oci-hook` the runtime calls, NULL: no BPF.
 * @ret_container: how it ended; attest_container_result_done().
 *
 * Return: as attest_engine_run(); a runtime that refused is 0, see
 *         ret_container->error.
 */
int attest_engine_container(const struct attest_engine_options *options,
			    struct attest_runtime_options *container,
			    struct attest_container_result *ret_container,
			    struct attest_engine_result *ret_result);

/** Coverage of a policy on this kernel, for `explain`. BPF is probed by
 * loading it and the canary. 0 or -errno.
 */
int attest_engine_explain(const struct attest_policy *policy,
			  enum attest_subject_kind subject,
			  struct attest_coverage **ret_coverage,
			  char *bpf_reason, size_t size);

/** One line of `doctor`. */
struct attest_doctor_line {
	const char *topic; /* "kernel", "bpf lsm", "landlock", ... */
	bool is_good;
	const char *text; /* what was found; if not good, the remedy too */
};

typedef void (*attest_doctor_fn)(const struct attest_doctor_line *line,
				 void *ctx);

/** Says what this kernel offers, canary included. The best rung. */
enum attest_rung attest_engine_doctor(attest_doctor_fn fn, void *ctx);
