/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The sink in front of a courier: write() goes to the spool and returns, a
 * thread takes batches from it. Internal to export/.
 */
#pragma once

#include "export/courier.h"
#include "export/transport.h"

#define ATTEST_QUEUE_ARGUMENTS " spool spool_max spool_age sync "

extern const struct attest_sink_ops attest_queue_sink_ops;

/** Takes the courier, also on failure. */
int attest_queue_open(const struct attest_transport_args *args,
		      struct attest_courier *courier,
		      struct attest_export_sink **ret,
		      struct attest_diag *reterr_diag);
