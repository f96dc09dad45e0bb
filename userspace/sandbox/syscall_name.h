/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/**
 * The name of one of this machine's system calls.
 * Return: buffer, or NULL if there is no such call.
 */
const char *attest_syscall_name(int nr, char *buffer, size_t size);
