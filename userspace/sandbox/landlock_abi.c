// SPDX-License-Identifier: Apache-2.0
/* ABIs newer than the last row are treated as the last row: Landlock only
 * adds, so what we ask for keeps its meaning there.
 */
#include <stddef.h>

#include <attest/image.h>

#include "base/cleanup.h"
#include "sandbox/landlock_abi.h"

#define FS_1 ((ATTEST_LL_MAKE_SYM << 1) - 1)
#define FS_2 (FS_1 | ATTEST_LL_REFER)
#define FS_3 (FS_2 | ATTEST_LL_TRUNCATE)
#define FS_5 (FS_3 | ATTEST_LL_IOCTL_DEV)
#define FS_9 (FS_5 | ATTEST_LL_RESOLVE_UNIX)
#define NET_4 (ATTEST_LL_BIND_TCP | ATTEST_LL_CONNECT_TCP)
#define NET_10 (NET_4 | ATTEST_LL_BIND_UDP | ATTEST_LL_CONNECT_UDP)
#define SCOPE_6 (ATTEST_LL_SCOPE_ABSTRACT_UNIX | ATTEST_LL_SCOPE_SIGNAL)

_Static_assert(FS_1 == 0x1fff, "ABI 1 has 13 filesystem rights");

static const struct {
	uint64_t fs;
	uint64_t net;
	uint64_t scopes;
	uint32_t log_flags;
} abis[] = {
	[0] = { 0, 0, 0, 0 },
	[1] = { FS_1, 0, 0, 0 },
	[2] = { FS_2, 0, 0, 0 },
	[3] = { FS_3, 0, 0, 0 },
	[4] = { FS_3, NET_4, 0, 0 },
	[5] = { FS_5, NET_4, 0, 0 },
	[6] = { FS_5, NET_4, SCOPE_6, 0 },
	[7] = { FS_5, NET_4, SCOPE_6, ATTEST_LL_LOG_NEW_EXEC_ON },
	[8] = { FS_5, NET_4, SCOPE_6, ATTEST_LL_LOG_NEW_EXEC_ON },
	[9] = { FS_9, NET_4, SCOPE_6, ATTEST_LL_LOG_NEW_EXEC_ON },
	[10] = { FS_9, NET_10, SCOPE_6, ATTEST_LL_LOG_NEW_EXEC_ON },
};
_Static_assert(ARRAY_SIZE(abis) == ATTEST_LANDLOCK_ABI_NEWEST + 1,
	       "a row each");

static size_t row(int abi)
{
	if (abi < 0)
		return 0;
	if (abi > ATTEST_LANDLOCK_ABI_NEWEST)
		return ATTEST_LANDLOCK_ABI_NEWEST;
	return (size_t)abi;
}

uint64_t attest_landlock_fs_rights(int abi)
{
	return abis[row(abi)].fs;
}

uint64_t attest_landlock_net_rights(int abi)
{
	return abis[row(abi)].net;
}

uint64_t attest_landlock_scopes(int abi)
{
	return abis[row(abi)].scopes;
}

uint32_t attest_landlock_log_flags(int abi)
{
	return abis[row(abi)].log_flags;
}

uint64_t attest_landlock_rights_for(uint32_t access)
{
	uint64_t rights = 0;

	if (access & ATTEST_ACCESS_READ)
		rights |= ATTEST_LL_READ_FILE;
	if (access & ATTEST_ACCESS_EXECUTE)
		rights |= ATTEST_LL_EXECUTE;
	/* Never MAKE_CHAR or MAKE_BLOCK: a device node made in a writable
	 * directory opens what the policy says nothing about.
	 */
	if (access & ATTEST_ACCESS_WRITE)
		rights |= ATTEST_LL_WRITE_FILE | ATTEST_LL_TRUNCATE |
			  ATTEST_LL_REMOVE_DIR | ATTEST_LL_REMOVE_FILE |
			  ATTEST_LL_MAKE_DIR | ATTEST_LL_MAKE_REG |
			  ATTEST_LL_MAKE_SOCK | ATTEST_LL_MAKE_FIFO |
			  ATTEST_LL_MAKE_SYM | ATTEST_LL_REFER |
			  ATTEST_LL_IOCTL_DEV | ATTEST_LL_RESOLVE_UNIX;
	return rights;
}
