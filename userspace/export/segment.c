// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "export/segment.h"
#include "export/spool.h"

/* Four bits at a time: the table is small enough to check by eye. */
static const uint32_t nibbles[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
	0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t crc_portable(uint32_t crc, const unsigned char *p, size_t len)
{
	while (len--) {
		crc ^= *p++;
		crc = crc >> 4 ^ nibbles[crc & 15];
		crc = crc >> 4 ^ nibbles[crc & 15];
	}
	return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t
crc_sse42(uint32_t crc, const unsigned char *p, size_t len)
{
	uint64_t c = crc;

	for (; len >= 8; len -= 8, p += 8) {
		uint64_t v;

		memcpy(&v, p, 8);
		c = __builtin_ia32_crc32di(c, v);
	}
	for (; len > 0; len--)
		c = __builtin_ia32_crc32qi((uint32_t)c, *p++);
	return (uint32_t)c;
}
#endif

uint32_t attest_crc32c(uint32_t crc, const void *data, size_t len)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return ~crc_sse42(~crc, data, len);
#endif
	return ~crc_portable(~crc, data, len);
}

size_t attest_segment_size(size_t len)
{
	return (sizeof(struct attest_segment_entry) + len + 7) / 8 * 8;
}

static uint32_t checksum(const struct attest_segment_entry *e, const char *data)
{
	uint32_t crc = attest_crc32c(0, &e->len, sizeof(e->len));

	crc = attest_crc32c(crc, &e->seq, sizeof(e->seq));
	return attest_crc32c(crc, data, e->len);
}

void attest_segment_put(char *to, uint64_t seq, const void *data, size_t len)
{
	struct attest_segment_entry e = { 0, (uint32_t)len, seq, 0, 0 };

	e.crc = checksum(&e, data);
	memcpy(to, &e, sizeof(e));
	memcpy(to + sizeof(e), data, len);
	__atomic_store_n((uint32_t *)to, ATTEST_SEGMENT_MAGIC,
			 __ATOMIC_RELEASE);
}

static bool is_sound(const char *data, size_t size, size_t offset,
		     struct attest_segment_entry *e)
{
	if (size - offset < sizeof(*e))
		return false;
	memcpy(e, data + offset, sizeof(*e));
	return e->magic == ATTEST_SEGMENT_MAGIC &&
	       e->len <= ATTEST_SPOOL_ENTRY_MAX && e->pad0 == 0 &&
	       e->len <= size - offset - sizeof(*e) &&
	       e->crc == checksum(e, data + offset + sizeof(*e));
}

size_t attest_segment_find(const char *data, size_t size, size_t offset,
			   struct attest_segment_entry *ret_entry)
{
	for (; offset < size; offset += 8)
		if (is_sound(data, size, offset, ret_entry))
			return offset;
	return size;
}
