// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <attest/dns.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "event/host_names.h"

#define HEAD(answers) "\x12\x34\x81\x80\0\1\0" answers "\0\0\0\0"
#define QUESTION "\7EXAMPLE\3org\0\0\1\0\1"
#define A(ttl, d) "\xc0\x0c\0\1\0\1\0\0\0" ttl "\0\4\x0a\0\0" d
#define CNAME(ttl) "\xc0\x0c\0\5\0\1\0\0\0" ttl "\0\5\3cdn\0"
#define AAAA                                                                   \
	"\3cdn\0\0\x1c\0\1\0\0\1\0\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0"  \
	"\7"
#define TEXT "\xc0\x0c\0\x10\0\1\0\0\0\1\0\2\1x"
#define BYTES(text) (text), sizeof(text) - 1

static void read_message(struct attest_dns *d, const char *data, size_t len)
{
	unsigned int steps = 0;

	memset(d, 0xee, sizeof(*d));
	memcpy(d->message, data, len);
	d->len = (uint32_t)len;
	if (attest_dns_begin(d))
		return;
	while (!attest_dns_step(d) && ++steps < ATTEST_DNS_STEPS_MAX)
		;
}

static void answers_are_read(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *addrs[3];
		uint32_t ttl; /* of the last one */
	} cases[] = {
		{ BYTES(HEAD("\1") QUESTION A("\x9", "\1")),
		  { "10.0.0.1" },
		  9 },
		{ BYTES(HEAD("\2") QUESTION A("\x9", "\1") A("\5", "\2")),
		  { "10.0.0.1", "10.0.0.2" },
		  5 },
		/* The least on the way to the address counts. */
		{ BYTES(HEAD("\2") QUESTION CNAME("\3") A("\x9", "\1")),
		  { "10.0.0.1" },
		  3 },
		{ BYTES(HEAD("\3") QUESTION TEXT CNAME("\x40") AAAA),
		  { "2001:db8::7" },
		  64 },
		/* Cut off: what came before holds. */
		{ BYTES(HEAD("\2") QUESTION A("\x9", "\1") "\xc0\x0c\0\1"),
		  { "10.0.0.1" },
		  9 },
		{ BYTES(HEAD("\x9") QUESTION A("\x9", "\1")),
		  { "10.0.0.1" },
		  9 },
		{ BYTES(HEAD("\0") QUESTION A("\x9", "\1")), { NULL }, 0 },
	};
	static struct attest_dns d;
	char text[INET6_ADDRSTRLEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t n = 0;

		read_message(&d, cases[i].data, cases[i].len);
		assert_int_equal(d.name_len, 11);
		assert_memory_equal(d.name, "example.org", 11);
		for (; cases[i].addrs[n]; n++)
			assert_string_equal(
			    attest_address_text(d.addrs[n], text),
			    cases[i].addrs[n]);
		assert_int_equal(d.n_addrs, n);
		if (n)
			assert_int_equal(d.ttls[n - 1], cases[i].ttl);
	}
}

static void what_is_no_answer_names_nothing(void **state)
{
	static const struct {
		const char *data;
		size_t len;
	} cases[] = {
		{ BYTES("") },
		{ BYTES(HEAD("\1")) },
		/* a question; an error; an update; two questions */
		{ BYTES("\1\2\1\0\0\1\0\1\0\0\0\0" QUESTION A("\1", "\1")) },
		{ BYTES(
		    "\1\2\x81\x83\0\1\0\1\0\0\0\0" QUESTION A("\1", "\1")) },
		{ BYTES("\1\2\xa8\0\0\1\0\1\0\0\0\0" QUESTION A("\1", "\1")) },
		{ BYTES(
		    "\1\2\x81\x80\0\2\0\1\0\0\0\0" QUESTION A("\1", "\1")) },
		/* a dot inside of a label, a pointer, the root, a long label */
		{ BYTES(HEAD("\1") "\13example.org\0\0\1\0\1" A("\1", "\1")) },
		{ BYTES(HEAD("\1") "\xc0\x0c\0\1\0\1" A("\1", "\1")) },
		{ BYTES(HEAD("\1") "\0\0\1\0\1" A("\1", "\1")) },
		{ BYTES(HEAD("\1") "\x40xxxx\0\0\1\0\1") },
		{ BYTES(HEAD("\1") "\7exam") },
	};
	static struct attest_dns d;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		read_message(&d, cases[i].data, cases[i].len);
		if (d.name_len || d.n_addrs)
			fail_msg("case %zu", i);
	}
}

static void long_names_are_refused(void **state)
{
	static struct attest_dns d;
	char data[512] = HEAD("\1");
	size_t len = 12;

	(void)state;
	for (int label = 0; label < 5; label++) {
		data[len++] = 62;
		memset(data + len, 'x', 62);
		len += 62;
	}
	read_message(&d, data, len);
	assert_int_equal(d.name_len, 0);
}

static void more_addresses_than_fit_are_left_out(void **state)
{
	static const char one[] = A("\1", "\1");
	static struct attest_dns d;
	char data[1024];
	size_t len = sizeof(HEAD("\x20") QUESTION) - 1;

	(void)state;
	memcpy(data, HEAD("\x20") QUESTION, len);
	for (int i = 0; i < 32; i++, len += sizeof(one) - 1)
		memcpy(data + len, one, sizeof(one) - 1);
	read_message(&d, data, len);
	assert_int_equal(d.n_addrs, ATTEST_DNS_ADDRS_MAX);
}

static void answers_open_nothing_nearby(void **state)
{
	static const struct {
		const char *address;
		int routed;
	} cases[] = {
		{ "10.0.0.1", 1 },
		{ "8.8.8.8", 1 },
		{ "0.0.0.0", 0 },
		{ "127.0.0.1", 0 },
		{ "169.254.169.254", 0 },
		{ "224.0.0.1", 0 },
		{ "255.255.255.255", 0 },
		{ "::", 0 },
		{ "::1", 0 },
		{ "::127.0.0.1", 0 },
		{ "fe80::1", 0 },
		{ "ff02::1", 0 },
		{ "fd00::1", 1 },
		{ "2001:db8::1", 1 },
		{ "::ffff:127.0.0.1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t addr[16];

		assert_true(attest_address_parse(cases[i].address, addr));
		if (attest_dns_is_routed(addr) != cases[i].routed)
			fail_msg("%s", cases[i].address);
	}
}

static void the_last_name_of_an_address_is_found(void **state)
{
	struct attest_dns_event answer = { .n_addrs = 1 };
	struct attest_host_names *names = NULL;
	uint8_t addr[16] = { 1 };

	(void)state;
	assert_null(attest_host_names_find(names, addr));
	for (uint32_t i = 0; i < 5000; i++) {
		memcpy(answer.addrs[0], &i, sizeof(i));
		answer.name_len = 1;
		answer.name[0] = (char)('a' + i % 26);
		attest_host_names_add(&names, &answer);
		memcpy(addr, answer.addrs[0], sizeof(addr));
		assert_int_equal(attest_host_names_find(names, addr)[0],
				 'a' + i % 26);
	}
	answer.name[0] = 'Z';
	attest_host_names_add(&names, &answer);
	assert_string_equal(attest_host_names_find(names, addr), "Z");
	attest_host_names_free(&names);
	assert_null(names);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(what_is_no_answer_names_nothing),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(more_addresses_than_fit_are_left_out),
		cmocka_unit_test(answers_open_nothing_nearby),
		cmocka_unit_test(the_last_name_of_an_address_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
