/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What run and attach share: the policy's forms, the layers' states, the way
 * of a record from the ring to the sinks.
 */
#pragma once

#include "container/cover.h"
#include "engine/describe.h"
#include "container/identify_system.h"
#include "engine/engine.h"
#include "event/host_names.h"
#include "event/sequence.h"
#include "sandbox/confine.h"
#include "sandbox/notify.h"
#include "sandbox/seccomp.h"
#include "sandbox/seccomp_cover.h"

#define ATTEST_HOST_LEN 256

struct attest_session {
	const struct attest_engine_options *options;
	struct attest_engine_result *result;
	enum attest_subject_kind subject;

	struct attest_image_hdr *image; /* NULL without a policy */
	struct attest_kern *kern;	/* NULL: no BPF */
	struct attest_slot slot;
	bool has_slot;

	struct attest_kern_state bpf_state;
	/* Where a container has the workspace; NULL: at its own path. */
	const char *workspace_target;
	struct attest_confine confine; /* of a command; else all zero */
	bool has_confine;
	struct attest_seccomp_filter filter;
	bool may_skip; /* fentry programs, by this kernel */
	bool has_filter;
	struct attest_seccomp_state seccomp_state;
	struct attest_seccomp_here here;
	struct attest_described described;
	/* Answers and records refused calls where BPF cannot see them. */
	struct attest_notify *notify;

	/* Constant parts of records. */
	char host[ATTEST_HOST_LEN];
	char id_prefix[32];
	char digest[80];
	struct attest_record_policy policy;
	struct attest_container_info container; /* id "": none */
	int64_t offset_ns;

	struct attest_host_names *host_names; /* or NULL */
	char group_reason[512]; /* why no cgroup's programs, or "" */
	struct attest_sequence *sequence;
	struct attest_procs *procs;
	uint64_t n_out; /* records given to the sinks */
	uint64_t last_tick_ns;
	bool sink_failed;
};

/** Compiles, probes, climbs the ladder, asks for coverage. */
int attest_session_open(struct attest_session *s,
			const struct attest_engine_options *options,
			enum attest_subject_kind subject, bool wants_bpf,
			struct attest_engine_result *result);
void attest_session_close(struct attest_session *s);
#define _close_session_ __attribute__((__cleanup__(attest_session_close)))

/** Fails with -EOPNOTSUPP if something is not enforced, unless allowed to. */
int attest_session_check(struct attest_session *s);

/** Reads what the ring has, and lets the sinks work. */
int attest_session_poll(struct attest_session *s, int timeout_ms);

/** Takes the rest of the ring and accounts for every number. */
void attest_session_drain(struct attest_session *s);

/** What was used of the filesystem limits, into the result's counters. */
void attest_session_usage(struct attest_session *s);

/**
 * Decodes, enriches and gives out one event.
 *
 * @is_held: it is a system call whose task waits for an answer.
 */
void attest_session_take(struct attest_session *s, const void *event,
			 bool is_held);

/**
 * Starts to answer what the command's filter asks.
 *
 * @fd: the listener; owned on success.
 *
 * Return: 0, or a negative errno with the result's error set.
 */
int attest_session_supervise(struct attest_session *s, int fd);

/**
 * Puts a container that is being created under the policy, from its next
 * execve(2) on, and keeps its names for the records. Fails closed.
 */
int attest_session_created(struct attest_session *s,
			   const struct attest_hook_target *target);

/** Puts a running container under the policy. */
int attest_session_running(struct attest_session *s,
			   const struct attest_container_info *info);

/** Does any process of its control group live? false without a container. */
bool attest_session_container_lives(const struct attest_session *s);

/** Kills what is left of the container, and waits until it is gone. */
void attest_session_end_container(const struct attest_session *s);

/** Enriches one record and gives it to the sinks. */
void attest_session_emit(struct attest_session *s, struct attest_record *rec);

/** "cannot ...: reason" into the result; returns r. */
int attest_session_fail(struct attest_session *s, int r, const char *format,
			...) __attribute__((format(printf, 3, 4)));
