/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Confines a function: a child that waits, is made a subject, and acts.
 */
#pragma once

#include "engine/engine.h"

#define CONFINE_RECORDS_MAX 256

/** What the tests look at of a record. */
struct confine_record {
	enum attest_record_kind kind;
	enum attest_violation violation;
	enum attest_verdict verdict;
	enum attest_layer layer;
	enum attest_hook hook;
	uint32_t pid, uid, access, rule;
	int syscall;
	uint8_t addr[16];
	uint16_t port, family;
	uint8_t protocol;
	char path[512];
	char path2[512];
	char rule_text[128];
	uint64_t limit, value;
};

struct confine_result {
	int error; /* of attest_engine_attach() */
	char message[1024];
	enum attest_rung rung;
	pid_t pid; /* of the child */
	uint64_t n_lost;
	struct attest_report_counter counters[ATTEST_ENGINE_COUNTERS];
	size_t n_counters;
	size_t n_records;
	struct confine_record records[CONFINE_RECORDS_MAX];
};

/**
 * Runs body(shared) in a child under the policy, by pid.
 * @shared: memory that the child shares with the caller (confine_shared()).
 */
void confine_pid(const char *policy, void (*body)(void *shared), void *shared,
		 bool is_enforced, struct confine_result *ret);

/** As confine_pid(), in a new cgroup two levels below the confined one. */
void confine_cgroup(const char *policy, void (*body)(void *shared),
		    void *shared, struct confine_result *ret);

/** Confines a process that runs already, its children and threads, until it
 * ends. One byte is written to @go_fd when all are confined.
 */
void confine_running(const char *policy, pid_t pid, int go_fd,
		     struct confine_result *ret);

/** Zeroed memory that children share. */
void *confine_shared(size_t size);

/** Must this row be able to enforce through BPF, and by which rung? */
enum attest_rung confine_expected_rung(void);
