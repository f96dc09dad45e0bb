/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the container commands share.
 */
#pragma once

#include "cli/commands.h"

/** The path of this program, for hooks; NULL if it cannot be told. */
const char *attest_cli_own_path(char *buffer, size_t size);
