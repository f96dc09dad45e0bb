/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bytes of a spool segment. Pure.
 *
 * An entry is { magic, len, seq, crc } and len bytes, padded to 8. Zeros end
 * a segment: it is preallocated. The checksum covers len, seq and the bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATTEST_SEGMENT_MAGIC 0x50535441U /* "ATSP" */

struct attest_segment_entry {
	uint32_t magic;
	uint32_t len;
	uint64_t seq;
	uint32_t crc;
	uint32_t pad0; /* 0 */
};
_Static_assert(sizeof(struct attest_segment_entry) == 24, "spool format");

/** Bytes that an entry of len payload bytes takes. */
size_t attest_segment_size(size_t len);
/** Writes an entry; its magic last, so that a reader sees all or nothing. */
void attest_segment_put(char *to, uint64_t seq, const void *data, size_t len);
/**
 * Finds the first sound entry at or after offset.
 *
 * Return: its offset, or size if there is none.
 */
size_t attest_segment_find(const char *data, size_t size, size_t offset,
			   struct attest_segment_entry *ret_entry);
/** CRC-32C (Castagnoli). */
uint32_t attest_crc32c(uint32_t crc, const void *data, size_t len);
