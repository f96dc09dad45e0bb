/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ring bytes to records. Pure; trusts nothing in the bytes.
 */
#pragma once

#include "event/record.h"

/** Is this a whole record of this ABI? Checked before anything is read. */
bool attest_event_is_valid(const void *data, size_t len);

/**
 * Fills in of a record what the event itself says.
 *
 * @data:       a valid event; borrowed as long as ret_record is used.
 * @offset_ns:  CLOCK_REALTIME minus CLOCK_BOOTTIME.
 * @ret_record: overwritten whole.
 */
void attest_event_decode(const void *data, int64_t offset_ns,
			 struct attest_record *ret_record);

/** Does a path, as a program wrote it, climb with a ".." component? */
bool attest_path_climbs(const char *path, size_t len);
