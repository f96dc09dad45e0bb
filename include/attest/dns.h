/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * Reads answers of the domain name system (RFC 1035, section 4): one source
 * for the kernel and the host. A step at a time, so that BPF can loop over it.
 *
 * Of an answer the question's name counts, and the addresses in the answer
 * section; what leads from one to the other is the resolver's affair. A name
 * of other bytes than letters, digits, '-' and '_' is refused: a dot inside
 * of a label would look like two labels.
 */
#pragma once

#ifndef __bpf__
#include <linux/types.h>
#endif

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif

#define ATTEST_DNS_BYTES_MAX 4096 /* a power of two */
#define ATTEST_DNS_NAME_MAX 253
#define ATTEST_DNS_NAME_SIZE 256
#define ATTEST_DNS_ADDRS_MAX 16 /* a power of two */
#define ATTEST_DNS_STEPS_MAX 1024

enum attest_dns_phase {
	ATTEST_DNS_LENGTH, /* of a label of the question */
	ATTEST_DNS_LABEL,  /* a byte of it */
	ATTEST_DNS_OWNER,  /* of an answer: a label is passed over */
	ATTEST_DNS_RECORD,
};

struct attest_dns {
	__u32 len; /* of the message, set by the caller */
	__u32 pos;
	__u32 phase; /* enum attest_dns_phase */
	__u32 label_left;
	__u32 n_left; /* answers */
	__u32 ttl;    /* the least so far */
	__u32 name_len;
	__u32 n_addrs;
	__u32 ttls[ATTEST_DNS_ADDRS_MAX];
	__u8 addrs[ATTEST_DNS_ADDRS_MAX][16]; /* IPv4 in mapped form */
	char name[ATTEST_DNS_NAME_SIZE];      /* lower case; no NUL */
	__u8 message[ATTEST_DNS_BYTES_MAX];   /* set by the caller */
};

/* The verifier must not learn where a masked index came from. */
#define ATTEST_DNS_OPAQUE(x) __asm__ volatile("" : "+r"(x))

static __always_inline __u32 attest_dns_u8(const struct attest_dns *d,
					   __u64 pos)
{
	if (pos >= d->len)
		return 0;
	pos &= ATTEST_DNS_BYTES_MAX - 1;
	ATTEST_DNS_OPAQUE(pos);
	pos &= ATTEST_DNS_BYTES_MAX - 1;
	return d->message[pos];
}

static __always_inline __u32 attest_dns_u16(const struct attest_dns *d,
					    __u64 pos)
{
	return attest_dns_u8(d, pos) << 8 | attest_dns_u8(d, pos + 1);
}

static __always_inline __u32 attest_dns_u32(const struct attest_dns *d,
					    __u64 pos)
{
	return attest_dns_u16(d, pos) << 16 | attest_dns_u16(d, pos + 2);
}

/* The end; what is no answer to one question has no name. */
static __always_inline int attest_dns_refuse(struct attest_dns *d)
{
	d->name_len = 0;
	d->n_addrs = 0;
	return 1;
}

/**
 * Starts with the message and its length in place.
 * Return: 0 go on with attest_dns_step(); 1 it is no good answer.
 */
static __always_inline int attest_dns_begin(struct attest_dns *d)
{
	d->name_len = 0;
	d->n_addrs = 0;
	d->pos = 12;
	d->phase = ATTEST_DNS_LENGTH;
	d->label_left = 0;
	d->ttl = 0x7fffffff;
	d->n_left = attest_dns_u16(d, 6);
	/* A response to a standard query, without an error; one question. */
	if (d->len < 12 || d->len > ATTEST_DNS_BYTES_MAX ||
	    (attest_dns_u16(d, 2) & 0xf80f) != 0x8000 ||
	    attest_dns_u16(d, 4) != 1)
		return 1;
	return 0;
}

static __always_inline void attest_dns_put(struct attest_dns *d, __u32 byte)
{
	__u64 at = d->name_len;

	ATTEST_DNS_OPAQUE(at);
	at &= ATTEST_DNS_NAME_SIZE - 1;
	d->name[at] = (char)byte;
	d->name_len++;
}

static __always_inline int attest_dns_length(struct attest_dns *d)
{
	__u32 byte = attest_dns_u8(d, d->pos);

	if (d->pos >= d->len || byte > 63 ||
	    d->name_len + 1 + byte > ATTEST_DNS_NAME_MAX + 1)
		return attest_dns_refuse(d);
	d->pos++;
	if (byte) {
		if (d->name_len)
			attest_dns_put(d, '.');
		d->label_left = byte;
		d->phase = ATTEST_DNS_LABEL;
		return 0;
	}
	d->pos += 4; /* type and class */
	d->phase = ATTEST_DNS_OWNER;
	return d->name_len && d->pos <= d->len ? 0 : attest_dns_refuse(d);
}

static __always_inline int attest_dns_label(struct attest_dns *d)
{
	__u32 byte = attest_dns_u8(d, d->pos);

	if (byte >= 'A' && byte <= 'Z')
		byte |= 0x20;
	if (d->name_len >= ATTEST_DNS_NAME_MAX ||
	    !((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	      byte == '-' || byte == '_'))
		return attest_dns_refuse(d);
	attest_dns_put(d, byte);
	d->pos++;
	d->label_left--;
	if (!d->label_left)
		d->phase = ATTEST_DNS_LENGTH;
	return 0;
}

static __always_inline int attest_dns_owner(struct attest_dns *d)
{
	__u32 byte = attest_dns_u8(d, d->pos);

	if (!d->n_left || d->pos >= d->len)
		return 1;
	if (byte > 63 && byte < 0xc0)
		return 1;
	d->pos += byte > 63 ? 2 : 1 + byte;
	if (byte == 0 || byte > 63)
		d->phase = ATTEST_DNS_RECORD;
	return 0;
}

static __always_inline void attest_dns_address(struct attest_dns *d, __u32 len)
{
	__u64 at = d->n_addrs;
	__u8 *addr;

	if (at >= ATTEST_DNS_ADDRS_MAX)
		return;
	ATTEST_DNS_OPAQUE(at);
	at &= ATTEST_DNS_ADDRS_MAX - 1;
	addr = d->addrs[at];
	d->ttls[at] = d->ttl;
	for (__u32 i = 0; i < 12; i++)
		addr[i] = len == 16 ? attest_dns_u8(d, d->pos + i)
			  : i < 10  ? 0
				    : 0xff;
	for (__u32 i = 0; i < 4; i++)
		addr[12 + i] =
		    attest_dns_u8(d, d->pos + i + (len == 16 ? 12 : 0));
	d->n_addrs++;
}

static __always_inline int attest_dns_record(struct attest_dns *d)
{
	__u32 type = attest_dns_u16(d, d->pos);
	__u32 class = attest_dns_u16(d, d->pos + 2);
	__u32 ttl = attest_dns_u32(d, d->pos + 4);
	__u32 len = attest_dns_u16(d, d->pos + 8);

	d->pos += 10;
	if (d->pos + len > d->len)
		return 1; /* cut off; what came before it holds */
	if (ttl & 0x80000000)
		ttl = 0;
	if (ttl < d->ttl && (type == 1 || type == 5 || type == 28))
		d->ttl = ttl;
	/* A and AAAA of the internet. */
	if (class == 1 &&
	    ((type == 1 && len == 4) || (type == 28 && len == 16)))
		attest_dns_address(d, len);
	d->pos += len;
	d->n_left--;
	d->phase = ATTEST_DNS_OWNER;
	return 0;
}

/**
 * One step on. Return: 0 there is more; 1 the end: name and addrs hold what
 * was found, name_len 0 if it was no answer.
 *
 * Limits: ATTEST_DNS_STEPS_MAX steps, ATTEST_DNS_ADDRS_MAX addresses; what is
 * behind is not looked at.
 */
static __always_inline int attest_dns_step(struct attest_dns *d)
{
	switch (d->phase) {
	case ATTEST_DNS_LENGTH:
		return attest_dns_length(d);
	case ATTEST_DNS_LABEL:
		return attest_dns_label(d);
	case ATTEST_DNS_OWNER:
		return attest_dns_owner(d);
	default:
		return attest_dns_record(d);
	}
}

/**
 * May an answer open this address? Not what is on the machine itself or next
 * to it: who owns a name could point it there.
 */
static __always_inline int attest_dns_is_routed(const __u8 addr[16])
{
	__u32 zeros = 0, i;

	for (i = 0; i < 10; i++)
		zeros |= addr[i];
	if (!zeros && addr[10] == 0xff && addr[11] == 0xff)
		return addr[12] != 0 && addr[12] != 127 && addr[12] < 224 &&
		       !(addr[12] == 169 && addr[13] == 254);
	if (!zeros && !addr[10] && !addr[11])
		return 0; /* ::, ::1, and the old form of IPv4 */
	return addr[0] != 0xff &&
	       !(addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80);
}
