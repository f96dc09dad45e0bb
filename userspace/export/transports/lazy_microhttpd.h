/* SPDX-License-Identifier: Apache-2.0 */
/** libmicrohttpd, loaded when it is first used: see base/lazy.h. Internal to
 * export/. */
#pragma once

#include <microhttpd.h>

#include "base/lazy.h"

#define ATTEST_MICROHTTPD_SONAME "libmicrohttpd.so.12"

/* clang-format off */
#define ATTEST_MICROHTTPD_NAMES(X) \
	X(MHD_add_response_header) \
	X(MHD_create_response_from_buffer) \
	X(MHD_destroy_response) \
	X(MHD_queue_response) \
	X(MHD_start_daemon) \
	X(MHD_stop_daemon)
/* clang-format on */

ATTEST_MICROHTTPD_NAMES(ATTEST_LAZY_DECLARE)

#define MHD_add_response_header attest_lazy_MHD_add_response_header
#define MHD_create_response_from_buffer                                        \
	attest_lazy_MHD_create_response_from_buffer
#define MHD_destroy_response attest_lazy_MHD_destroy_response
#define MHD_queue_response attest_lazy_MHD_queue_response
#define MHD_start_daemon attest_lazy_MHD_start_daemon
#define MHD_stop_daemon attest_lazy_MHD_stop_daemon
