// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes as a spool segment: entries that are found lie inside, records that
 * decode can be encoded again and written in a format.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "export/codec.h"
#include "export/format.h"
#include "export/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_record(const char *data, size_t len)
{
	_cleanup_str_ struct attest_str s = { 0 };
	struct attest_format_options options = { 0 };
	struct attest_decoded decoded;

	if (attest_codec_decode(data, len, &decoded) < 0)
		return;
	attest_codec_encode(&s, &decoded.rec);
	if (s.error == 0 && s.len != len)
		abort();
	for (size_t i = 0; attest_format_all()[i]; i++) {
		attest_str_clear(&s);
		(void)attest_format_all()[i]->write(&s, &decoded.rec, &options);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct attest_segment_entry e;
	size_t offset = 0;

	for (;;) {
		offset = attest_segment_find(bytes, size, offset, &e);
		if (offset >= size)
			break;
		if (e.len > size - offset - sizeof(e))
			abort();
		try_record(bytes + offset + sizeof(e), e.len);
		offset += attest_segment_size(e.len);
	}
	/* Without a checksum in the way. */
	try_record(bytes, size);
	return 0;
}
