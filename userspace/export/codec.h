/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Records as bytes, for the spool: host byte order, one machine. Pure.
 */
#pragma once

#include "base/str.h"
#include "event/record.h"

/** A decoded record; its strings lie in the bytes it was decoded from. */
struct attest_decoded {
	struct attest_record rec;
	struct attest_record_policy policy;
};

/** Appends rec. A failed append shows in s->error. */
void attest_codec_encode(struct attest_str *s, const struct attest_record *rec);

/**
 * Reads what attest_codec_encode() wrote.
 *
 * Return: 0; -EBADMSG if the bytes are not that; -EPROTONOSUPPORT if another
 * version wrote them. ret is untouched on failure.
 */
int attest_codec_decode(const char *data, size_t len,
			struct attest_decoded *ret);
