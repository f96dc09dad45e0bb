// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "policy/image.h"

static struct attest_image_hdr *build(const char *text)
{
	struct attest_policy *policy = NULL;
	struct attest_image_hdr *image = NULL;
	struct attest_diag diag = { 0 };

	if (attest_policy_load(NULL, text, &policy, &diag) < 0 ||
	    attest_image_build(policy, &image, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_true(attest_image_is_valid(image, image->bytes));
	attest_policy_free(&policy);
	return image;
}

static struct attest_decision decide(const struct attest_image_hdr *image,
				     const char *path)
{
	struct attest_decision d;

	attest_image_decide(image, path, strlen(path), &d);
	return d;
}

static void many_rules(const char *format, size_t n, struct attest_policy *ret)
{
	char text[128];

	memset(ret, 0, sizeof(*ret));
	ret->has_filesystem = true;
	ret->rules = calloc(n, sizeof(*ret->rules));
	ret->n_rules = n;
	for (size_t i = 0; i < n; i++) {
		unsigned int x = (unsigned int)i * 2654435761U;

		(void)snprintf(text, sizeof(text), format, x >> 8, x & 0xff);
		ret->rules[i].path = strdup(text);
		ret->rules[i].recursive = true;
		ret->rules[i].execute = true;
		ret->rules[i].access = (enum attest_path_access)(i % 3);
	}
}

static void free_rules(struct attest_policy *policy)
{
	for (size_t i = 0; i < policy->n_rules; i++)
		free(policy->rules[i].path);
	free(policy->rules);
}

static void ten_thousand_rules_take_less_than_16_mib(void **state)
{
	static const char *const formats[] = {
		"/srv/data/tenant-%u/file-%u",
		"/srv/data/tenant-%u/some/way/down/to/a/file-%u.json",
		"/srv/app%u/*/log-%u.log",
		"/srv/*/app%u-%u",
		"/srv/app%u*/log*%u",
		"/srv/app%u/**/x%u",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct attest_policy policy;
		struct attest_image_hdr *image = NULL;
		struct attest_diag diag = { 0 };

		many_rules(formats[i], 10000, &policy);
		assert_int_equal(attest_image_build(&policy, &image, &diag), 0);
		assert_true(attest_image_is_valid(image, image->bytes));
		assert_true(image->bytes < 16 << 20);
		free(image);
		free_rules(&policy);
	}
}

static void what_explodes_is_refused_and_named(void **state)
{
	struct attest_policy policy;
	struct attest_image_hdr *image = (void *)0x1;
	struct attest_diag diag = { 0 };

	(void)state;
	many_rules("/ok/%u/%u", 2, &policy);
	free(policy.rules[1].path);
	policy.rules[1].path = strdup("/srv/*a????????????????????????");
	policy.rules[1].line = 7;
	assert_int_equal(attest_image_build(&policy, &image, &diag), -E2BIG);
	assert_ptr_equal(image, (void *)0x1);
	assert_int_equal(diag.line, 7);
	assert_non_null(strstr(diag.text, "/srv/*a???"));
	assert_non_null(strstr(diag.text, "16 MiB"));
	free_rules(&policy);
}

static void the_root_and_what_is_below(void **state)
{
	static const char *const paths[] = { "/", "/x", "/x/y" };
	/* flat '/', recursive '/', flat '/\*', recursive '/\*' */
	static const char *const rules[] = {
		"path: \"/\", recursive: false",
		"path: \"/\"",
		"path: \"/*\", recursive: false",
		"path: \"/*\"",
	};
	static const char matches[4][4] = { "100", "111", "010", "111" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct attest_image_hdr *image;
		char text[160];

		(void)snprintf(text, sizeof(text),
			       "filesystem:\n  default: read-only\n  rules: [ {"
			       " %s, access: forbidden } ]\n",
			       rules[i]);
		image = build(text);
		for (size_t k = 0; k < ARRAY_SIZE(paths); k++)
			assert_int_equal(decide(image, paths[k]).rule,
					 matches[i][k] - '0');
		free(image);
	}
}

static void access_execute_and_hide_reach_the_decision(void **state)
{
	struct attest_image_hdr *image = build(
	    "filesystem:\n  default: read-write\n  execute: false\n  rules:\n"
	    "  - { path: /ro, access: read-only }\n"
	    "  - { path: /data, access: read-only, execute: false }\n"
	    "  - { path: /secret, access: forbidden, hide: true }\n");

	(void)state;
	assert_int_equal(decide(image, "/x").access,
			 ATTEST_ACCESS_READ | ATTEST_ACCESS_WRITE);
	assert_int_equal(decide(image, "/ro/x").access,
			 ATTEST_ACCESS_READ | ATTEST_ACCESS_EXECUTE);
	assert_int_equal(decide(image, "/data").access, ATTEST_ACCESS_READ);
	assert_int_equal(decide(image, "/secret").access, 0);
	assert_true(decide(image, "/secret").hide);
	assert_false(decide(image, "/ro").hide);
	assert_true(image->flags & ATTEST_IMAGE_HAS_HIDE);
	free(image);
}

static void extensions_are_those_of_the_last_component(void **state)
{
	static const struct {
		const char *path;
		bool forbidden;
	} cases[] = {
		{ "/a.exe", true },	 { "/a.EXE", true },
		{ "/d/.exe", true },	 { "/a.exe.", false },
		{ "/a.exe/b", false },	 { "/exe", false },
		{ "/a.exe.txt", false }, { "/a.txt.exe", true },
		{ "/a.tar.GZ", true },	 { "/a.gz", false },
		{ "/", false },		 { "/a.exe\x80", false },
	};
	struct attest_image_hdr *image =
	    build("filesystem:\n  default: read-write\n"
		  "  forbidden_extensions: [exe, tar.gz]\n");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (decide(image, cases[i].path).forbidden_extension !=
		    cases[i].forbidden)
			fail_msg("%s", cases[i].path);
	free(image);
}

static const struct attest_image_net *net_of(const struct attest_image_hdr *h)
{
	return (const void *)((const char *)h + h->net_off);
}

static void network_rules_with_addresses_are_in_the_image(void **state)
{
	struct attest_image_hdr *image =
	    build("network:\n  default: disabled\n  allow:\n"
		  "  - { to: 10.0.0.0/8, port: 2-3, protocol: udp }\n"
		  "  - { protocol: tcp }\n");
	const struct attest_image_net *net = net_of(image);

	(void)state;
	assert_int_equal(image->flags,
			 ATTEST_IMAGE_HAS_NET | ATTEST_IMAGE_NET_DENY);
	assert_int_equal(image->n_net, 2);
	assert_int_equal(image->net_off % 32, 0);
	assert_int_equal(net[0].rule, 0);
	assert_int_equal(net[0].prefix_len, 104);
	assert_int_equal(net[0].port_min, 2);
	assert_int_equal(net[0].port_max, 3);
	assert_int_equal(net[0].protocols, ATTEST_NET_UDP);
	assert_int_equal(net[1].rule, 1);
	assert_int_equal(net[1].prefix_len, 0);
	assert_int_equal(net[1].port_max, 65535);
	/* Without a filesystem section, everything is allowed. */
	assert_int_equal(decide(image, "/x").access, ATTEST_ACCESS_ALL);
	free(image);
}

static uint32_t next(const struct attest_image_hdr *h, uint32_t s,
		     unsigned int byte)
{
	const char *base = (const char *)h;
	const struct attest_image_state *states =
	    (const void *)(base + h->states_off);
	const struct attest_image_cell *cells =
	    (const void *)(base + h->cells_off);
	const struct attest_image_cell *c = &cells[states[s].base + byte];

	return c->owner == s ? c->next : states[s].deflt;
}

/* The number of the name that wins, as the kernel finds it. */
static uint32_t host_of(const struct attest_image_hdr *h, const char *name)
{
	const struct attest_image_state *states =
	    (const void *)((const char *)h + h->states_off);
	uint32_t state = h->host_start;

	while (*name)
		state = next(h, state, (unsigned char)*name++);
	return states[state].rule;
}

static bool allows(const struct attest_image_hdr *h, const char *name,
		   uint16_t port)
{
	uint32_t host = host_of(h, name);

	for (uint32_t i = 0; i < h->n_net; i++)
		if ((net_of(h)[i].flags & ATTEST_NET_HOST) && host &&
		    net_of(h)[i].host == host &&
		    net_of(h)[i].port_min <= port &&
		    port <= net_of(h)[i].port_max)
			return true;
	return false;
}

static void host_names_are_in_the_image(void **state)
{
	static const struct {
		const char *name;
		uint16_t port;
		bool allowed;
	} cases[] = {
		{ "example.org", 1, true },
		{ "example.org", 2, false },
		{ "example.org.", 1, false },
		{ "xexample.org", 1, false },
		{ "www.example.org", 1, false },
		{ "www.example.org", 2, true },
		{ "a.b.example.org", 2, true },
		{ "a.b.example.org", 3, false },
		{ "deep.example.org", 2, true },
		{ "deep.example.org", 3, true },
		{ "x.deep.example.org", 2, true },
		{ "x.deep.example.org", 4, true },
		{ "x.deep.example.org", 3, false },
		{ "example.com", 1, false },
		{ "", 1, false },
	};
	struct attest_image_hdr *image =
	    build("network:\n  default: disabled\n  allow:\n"
		  "  - { host: Example.ORG., port: 1 }\n"
		  "  - { host: '*.example.org', port: 2 }\n"
		  "  - { host: deep.example.org, port: 3 }\n"
		  "  - { host: '*.deep.example.org', port: 4 }\n");

	(void)state;
	assert_true(image->flags & ATTEST_IMAGE_HAS_HOSTS);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (allows(image, cases[i].name, cases[i].port) !=
		    cases[i].allowed)
			fail_msg("%s port %u", cases[i].name, cases[i].port);
	free(image);
}

static void resolvers_come_first(void **state)
{
	static const uint8_t addrs[ATTEST_RESOLVERS_MAX + 1][16] = {
		{ [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 2 }
	};
	struct attest_image_hdr *image =
	    build("network:\n  default: disabled\n  allow:\n"
		  "  - { host: example.org }\n");
	const struct attest_image_net *net = net_of(image);

	(void)state;
	assert_int_equal(image->n_net, ATTEST_RESOLVERS_MAX + 1);
	for (int i = 0; i < ATTEST_RESOLVERS_MAX; i++)
		assert_int_equal(net[i].protocols, 0);
	assert_int_equal(
	    attest_image_set_resolvers(image, addrs, ARRAY_SIZE(addrs)),
	    -E2BIG);
	assert_int_equal(attest_image_set_resolvers(image, addrs, 1), 0);
	assert_int_equal(net[0].flags, ATTEST_NET_RESOLVER);
	assert_int_equal(net[0].port_min, ATTEST_DNS_PORT);
	assert_int_equal(net[0].prefix_len, 128);
	assert_memory_equal(net[0].addr, addrs[0], 16);
	assert_int_equal(net[1].protocols, 0);
	assert_true(attest_image_is_valid(image, image->bytes));
	free(image);
}

/* Moore's algorithm on full tables: as many classes as there are states? */
static void no_two_states_are_the_same(void **state)
{
	struct attest_image_hdr *h =
	    build("filesystem:\n  default: read-only\n  rules:\n"
		  "  - { path: '/a/*/x?z', access: forbidden }\n"
		  "  - { path: '/a/**/b*c', access: read-write }\n"
		  "  - { path: '/b/[a-m]*[!k]', access: read-write }\n"
		  "  - { path: '/b/*/x?z', access: forbidden, priority: 1 }\n"
		  "  - { path: '/usr/*', access: read-only }\n"
		  "  - { path: '/usr/local/*', access: read-write }\n"
		  "  forbidden_extensions: [exe, bat]\n");
	const struct attest_image_state *states =
	    (const void *)((const char *)h + h->states_off);
	bool *differ = calloc((size_t)h->n_states * h->n_states, 1);
	bool changed = true;
	uint32_t n = h->n_states;

	(void)state;
	/* Path states and extension states may have one rule number. */
	for (uint32_t i = 0; i < n * n; i++)
		differ[i] = states[i / n].rule != states[i % n].rule;
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < n * n; i++) {
			for (unsigned int b = 0; b < 256 && !differ[i]; b++) {
				if (differ[next(h, i / n, b) * n +
					   next(h, i % n, b)]) {
					differ[i] = true;
					changed = true;
				}
			}
		}
	}
	for (uint32_t i = 0; i < n * n; i++)
		if (!differ[i] && i / n != i % n)
			fail_msg("%u and %u of %u", i / n, i % n, n);
	free(differ);
	free(h);
}

static void broken_images_are_refused(void **state)
{
	static const struct {
		size_t offset;
		uint32_t value;
	} cases[] = {
#define FIELD(name) offsetof(struct attest_image_hdr, name)
		{ FIELD(magic), 1 },
		{ FIELD(abi), ATTEST_IMAGE_ABI + 1 },
		{ FIELD(bytes), 144 },
		{ FIELD(mode), ATTEST_MODE_END },
		{ FIELD(symlinks), ATTEST_SYMLINKS_END },
		{ FIELD(fs_start), 1U << 30 },
		{ FIELD(ext_start), UINT32_MAX },
		{ FIELD(n_states), UINT32_MAX },
		{ FIELD(n_cells), UINT32_MAX },
		{ FIELD(n_cells), 255 },
		{ FIELD(n_rules), 0 },
		{ FIELD(n_rules), UINT32_MAX },
		{ FIELD(states_off), 8 },
		{ FIELD(states_off), 0 },
		{ FIELD(cells_off), UINT32_MAX - 15 },
		{ FIELD(rules_off), 151 },
		{ FIELD(subtree_off), UINT32_MAX - 15 },
		{ FIELD(n_net), UINT32_MAX / 32 + 2 },
#undef FIELD
	};
	struct attest_image_hdr *image =
	    build("filesystem: { default: read-only, rules: [ { path: /a, "
		  "access: forbidden } ] }");
	char *copy = malloc(image->bytes);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(copy, image, image->bytes);
		memcpy(copy + cases[i].offset, &cases[i].value, 4);
		if (attest_image_is_valid(copy, image->bytes))
			fail_msg("case %zu", i);
	}
	for (size_t len = 0; len < image->bytes; len++)
		assert_false(attest_image_is_valid(image, len));
	free(copy);
	free(image);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_rules_take_less_than_16_mib),
		cmocka_unit_test(what_explodes_is_refused_and_named),
		cmocka_unit_test(the_root_and_what_is_below),
		cmocka_unit_test(access_execute_and_hide_reach_the_decision),
		cmocka_unit_test(extensions_are_those_of_the_last_component),
		cmocka_unit_test(network_rules_with_addresses_are_in_the_image),
		cmocka_unit_test(host_names_are_in_the_image),
		cmocka_unit_test(resolvers_come_first),
		cmocka_unit_test(no_two_states_are_the_same),
		cmocka_unit_test(broken_images_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
