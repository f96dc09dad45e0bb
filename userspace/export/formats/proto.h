/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The protobuf wire format, writing only: the five calls that OTLP needs.
 * A code generator and its run-time library would be more to build, ship and
 * audit than this.
 */
#pragma once

#include <stdint.h>
#include <string.h>

#include "event/out.h"

/* Most bytes of a tag or a varint. */
#define ATTEST_PROTO_VARINT 10

static inline char *attest_proto_varint(char *p, uint64_t value)
{
	while (value >= 0x80) {
		*p++ = (char)(value | 0x80);
		value >>= 7;
	}
	*p++ = (char)value;
	return p;
}

/** Field of wire type 0. */
static inline char *attest_proto_uint(char *p, unsigned int field, uint64_t v)
{
	p = attest_proto_varint(p, (uint64_t)field << 3);
	return attest_proto_varint(p, v);
}

/** Field of wire type 1, little endian. */
static inline char *attest_proto_fixed64(char *p, unsigned int field,
					 uint64_t v)
{
	p = attest_proto_varint(p, (uint64_t)field << 3 | 1);
	for (int i = 0; i < 64; i += 8)
		*p++ = (char)(v >> i);
	return p;
}

/** Tag and length of a field of wire type 2; its bytes follow. */
static inline char *attest_proto_len(char *p, unsigned int field, size_t len)
{
	p = attest_proto_varint(p, (uint64_t)field << 3 | 2);
	return attest_proto_varint(p, len);
}

static inline size_t attest_proto_varint_size(uint64_t value)
{
	return (size_t)(63 - __builtin_clzll(value | 1)) / 7 + 1;
}

/** Bytes of a whole field of wire type 2 with a field number below 16. */
static inline size_t attest_proto_field_size(size_t len)
{
	return 1 + attest_proto_varint_size(len) + len;
}
