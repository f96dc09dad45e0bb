// SPDX-License-Identifier: Apache-2.0
#include <seccomp.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "sandbox/syscall_name.h"

const char *attest_syscall_name(int nr, char *buffer, size_t size)
{
	_cleanup_free_ char *name = NULL;

	if (nr < 0)
		return NULL;
	name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), nr);
	if (!name)
		return NULL;
	(void)snprintf(buffer, size, "%s", name);
	return buffer;
}
