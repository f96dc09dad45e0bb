/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What each Landlock ABI can handle, as pure tables.
 *
 * The constants are ours because headers of older systems stop at ABI 2.
 *
 * | ABI | Linux | what it added                                        |
 * | --- | ----- | ---------------------------------------------------- |
 * | 1   | 5.13  | 13 filesystem rights                                 |
 * | 2   | 5.19  | REFER: rename and link between directories           |
 * | 3   | 6.2   | TRUNCATE                                             |
 * | 4   | 6.7   | TCP bind and connect by port                         |
 * | 5   | 6.10  | IOCTL_DEV                                            |
 * | 6   | 6.12  | scopes: abstract unix sockets, signals               |
 * | 7   | 6.15  | audit records and the flags that switch them         |
 * | 8   | 7.0   | TSYNC: all threads at once                           |
 * | 9   | 7.1   | RESOLVE_UNIX: connect to unix sockets by path        |
 * | 10  | 7.2   | UDP bind, connect and send by port; quiet rules      |
 */
#pragma once

#include <stdint.h>

#define ATTEST_LANDLOCK_ABI_NEWEST 10

/* Filesystem rights, as in linux/landlock.h. */
#define ATTEST_LL_EXECUTE (1ULL << 0)
#define ATTEST_LL_WRITE_FILE (1ULL << 1)
#define ATTEST_LL_READ_FILE (1ULL << 2)
#define ATTEST_LL_READ_DIR (1ULL << 3)
#define ATTEST_LL_REMOVE_DIR (1ULL << 4)
#define ATTEST_LL_REMOVE_FILE (1ULL << 5)
#define ATTEST_LL_MAKE_CHAR (1ULL << 6)
#define ATTEST_LL_MAKE_DIR (1ULL << 7)
#define ATTEST_LL_MAKE_REG (1ULL << 8)
#define ATTEST_LL_MAKE_SOCK (1ULL << 9)
#define ATTEST_LL_MAKE_FIFO (1ULL << 10)
#define ATTEST_LL_MAKE_BLOCK (1ULL << 11)
#define ATTEST_LL_MAKE_SYM (1ULL << 12)
#define ATTEST_LL_REFER (1ULL << 13)
#define ATTEST_LL_TRUNCATE (1ULL << 14)
#define ATTEST_LL_IOCTL_DEV (1ULL << 15)
#define ATTEST_LL_RESOLVE_UNIX (1ULL << 16)

#define ATTEST_LL_BIND_TCP (1ULL << 0)
#define ATTEST_LL_CONNECT_TCP (1ULL << 1)
#define ATTEST_LL_BIND_UDP (1ULL << 2)
#define ATTEST_LL_CONNECT_UDP (1ULL << 3)

#define ATTEST_LL_SCOPE_ABSTRACT_UNIX (1ULL << 0)
#define ATTEST_LL_SCOPE_SIGNAL (1ULL << 1)

/* Flags of landlock_restrict_self(2). */
#define ATTEST_LL_LOG_NEW_EXEC_ON (1U << 1)

/* Rights that a file, not only a directory, can have. */
#define ATTEST_LL_FILE_RIGHTS                                                  \
	(ATTEST_LL_EXECUTE | ATTEST_LL_WRITE_FILE | ATTEST_LL_READ_FILE |      \
	 ATTEST_LL_TRUNCATE | ATTEST_LL_IOCTL_DEV | ATTEST_LL_RESOLVE_UNIX)

/** Filesystem rights that this ABI can handle; 0 without Landlock. */
uint64_t attest_landlock_fs_rights(int abi);

/** Network rights (ATTEST_LL_*_TCP, *_UDP) that this ABI can handle. */
uint64_t attest_landlock_net_rights(int abi);

/** Scopes (ATTEST_LL_SCOPE_*) that this ABI can handle. */
uint64_t attest_landlock_scopes(int abi);

/** Flags of landlock_restrict_self(2) that make refusals show in audit. */
uint32_t attest_landlock_log_flags(int abi);

/** Landlock rights for ATTEST_ACCESS_* bits on content. READ_DIR excluded. */
uint64_t attest_landlock_rights_for(uint32_t access);
