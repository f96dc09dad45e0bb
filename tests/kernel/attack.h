/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Tables of attempts to get around a policy, each tried by a process of its
 * own within the subject.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#define ATTEMPT_ANY (-1) /* fails, whatever says so first */

#define ATTEMPT_SKIP (-2) /* not tried */

struct attempt {
	const char *name;
	int (*act)(void); /* 0 or errno */
	int expected;
	/* Of an ordinary user: 0 is as of root. */
	int user;
	/* Of root: 0 is one if it is refused, none if not. */
	int records;
};

/** Below /tmp: ok/ and p/ are writable, no/ and p/no/ are forbidden; programs
 * below /tmp are not executed.
 */
#define ATTACK_POLICY                                                          \
	"version: 1\n"                                                         \
	"name: attack\n"                                                       \
	"filesystem:\n"                                                        \
	"  default: read-only\n"                                               \
	"  rules:\n"                                                           \
	"    - { path: /tmp/*, access: read-write, execute: false }\n"         \
	"    - { path: /tmp/no/*, access: forbidden, priority: 200 }\n"        \
	"    - { path: /tmp/p/no/*, access: forbidden, priority: 200 }\n"      \
	"    - { path: /etc/shadow, access: forbidden, priority: 300 }\n"

#define NO "/tmp/no"
#define OK "/tmp/ok"

/** Who is not confined: the supervisor and a bystander. */
extern pid_t attack_keeper;
extern pid_t attack_bystander;

/** Makes the directories, and files `f` with "secret" or "open". */
void attack_make_tree(void);

/** Runs all under ATTACK_POLICY, as root and as an ordinary user whom the
 * modes of the files do not hinder, or checks that a row that cannot enforce
 * refuses to. What they make in OK is removed after each.
 */
void attack_run(const struct attempt *attempts, size_t n);

/** 0 or errno of a call that returns -1. */
int attack_result(long r);
/** open(2) and close(2). */
int attack_open(const char *path, int flags);
/** A socket that receives at a path; open until the caller ends. */
void attack_listen(const char *path, int type);
