/* SPDX-License-Identifier: Apache-2.0 */
/** libsystemd, loaded when it is first used: see base/lazy.h. Internal to
 * export/. */
#pragma once

#include <systemd/sd-journal.h>

#include "base/lazy.h"

#define ATTEST_SYSTEMD_SONAME "libsystemd.so.0"

/* clang-format off */
#define ATTEST_SYSTEMD_NAMES(X) \
	X(sd_journal_sendv_with_location)
/* clang-format on */

ATTEST_SYSTEMD_NAMES(ATTEST_LAZY_DECLARE)

#define sd_journal_sendv_with_location                                         \
	attest_lazy_sd_journal_sendv_with_location
