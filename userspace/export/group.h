/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Membership of sinks in a group. Internal to export/. All calls come from the
 * thread that writes to the sinks.
 */
#pragma once

#include "export/transport.h"

/** Nothing happens if group is NULL. */
void attest_export_group_add(struct attest_export_group *group,
			     struct attest_export_sink *sink);
void attest_export_group_remove(struct attest_export_sink *sink);
/** Calls visit for the status of each. */
void attest_export_group_each(struct attest_export_group *group,
			      void (*visit)(const struct attest_export_status *,
					    void *),
			      void *data);
