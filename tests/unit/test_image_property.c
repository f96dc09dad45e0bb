// SPDX-License-Identifier: Apache-2.0
/**
 * The compiler against the naive matcher, on generated policies and paths.
 * ATTEST_TEST_SEED and ATTEST_TEST_ROUNDS repeat or lengthen a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "naive.h"
#include "policy/image.h"

#define RULES_MAX 7
#define PATHS 200
#define TEXT_MAX 64

static uint64_t random_state;

static unsigned int pick(unsigned int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned int)((random_state >> 33) % n);
}

static uint64_t setting(const char *name, uint64_t value)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : value;
}

static void make_pattern(char *out)
{
	static const char *const pieces[] = {
		"a", "a",  "b",	    "b",      "c",	"*",	       "**",
		"?", "ab", "[ab]",  "[!a]",   "[a-b]c", "\\*",	       "a*",
		"*", "**", "\\x62", "[^b-c]", "\xff",	"[\xfe-\xff]", "[]a]",
	};
	unsigned int n_components = 1 + pick(4);

	*out = '\0';
	if (pick(40) == 0) {
		strcpy(out, "/");
		return;
	}
	for (unsigned int i = 0; i < n_components; i++) {
		unsigned int n = 1 + pick(3);

		strcat(out, "/");
		if (i + 1 == n_components && pick(3) == 0)
			n = 1;
		while (n--)
			strcat(out,
			       pieces[pick(sizeof(pieces) / sizeof(*pieces))]);
	}
}

static size_t make_path(char *out, unsigned int max_components)
{
	static const char bytes[] = "aaabbbcz*]\xff\xfe";
	unsigned int n_components = pick(max_components + 1);
	size_t n = 0;

	for (unsigned int i = 0; i < n_components; i++) {
		unsigned int len = 1 + pick(4);

		out[n++] = '/';
		while (len--)
			out[n++] = bytes[pick(sizeof(bytes) - 1)];
	}
	out[n] = '\0';
	return n;
}

struct generated {
	struct attest_policy policy;
	struct attest_rule rules[RULES_MAX];
	char paths[RULES_MAX][TEXT_MAX];
	struct attest_image_hdr *image;
};

static void generate(struct generated *g)
{
	struct attest_diag diag = { 0 };
	int r;

	memset(g, 0, sizeof(*g));
	g->policy.has_filesystem = true;
	g->policy.fs_default = (enum attest_path_access)pick(3);
	g->policy.fs_default_execute = true;
	g->policy.rules = g->rules;
	g->policy.n_rules = pick(RULES_MAX + 1);
	for (size_t i = 0; i < g->policy.n_rules; i++) {
		make_pattern(g->paths[i]);
		g->rules[i].path = g->paths[i];
		g->rules[i].recursive = pick(3) != 0;
		g->rules[i].execute = true;
		g->rules[i].access = (enum attest_path_access)pick(3);
		g->rules[i].priority = (int)pick(3);
	}
	r = attest_image_build(&g->policy, &g->image, &diag);
	if (r < 0)
		print_error("%s\n", diag.text);
	assert_int_equal(r, 0);
	assert_true(attest_image_is_valid(g->image, g->image->bytes));
}

static void explain(const struct generated *g, const char *path)
{
	print_error("path '%s'\n", path);
	for (size_t i = 0; i < g->policy.n_rules; i++)
		print_error("rule %zu: %s%s priority %d access %d\n", i + 1,
			    g->paths[i], g->rules[i].recursive ? "" : " (flat)",
			    g->rules[i].priority, g->rules[i].access);
}

static uint32_t step(const struct attest_image_hdr *h, uint32_t s,
		     unsigned int byte)
{
	const struct attest_image_state *states =
	    (const void *)((const char *)h + h->states_off);
	const struct attest_image_cell *cells =
	    (const void *)((const char *)h + h->cells_off);
	const struct attest_image_cell *c = &cells[states[s].base + byte];

	return c->owner == s ? c->next : states[s].deflt;
}

static uint32_t decide(const struct generated *g, const char *path, size_t len)
{
	struct attest_decision d;

	attest_image_decide(g->image, len ? path : "/", len ? len : 1, &d);
	return d.rule;
}

/* What a walk over all inputs that are longer finds. */
struct below {
	bool any_name;
	bool mixed; /* names, one component longer, have several rules */
	uint32_t rule;
	uint32_t all;
	uint32_t any;
};

/* A place of the walk: a state, how many '/' were read, was it the last. */
struct place {
	uint32_t state;
	uint32_t slashes; /* 0, 1, or 2 for more */
	uint32_t after_slash;
};

static void look(const struct attest_image_hdr *h, const struct place *at,
		 struct below *ret)
{
	const struct attest_image_state *states =
	    (const void *)((const char *)h + h->states_off);
	const struct attest_image_rule *rules =
	    (const void *)((const char *)h + h->rules_off);
	uint32_t rule = states[at->state].rule;

	if (at->after_slash)
		return;
	ret->all &= rules[rule].access;
	ret->any |= rules[rule].access;
	if (at->slashes != 1)
		return;
	if (ret->any_name && ret->rule != rule)
		ret->mixed = true;
	ret->any_name = true;
	ret->rule = rule;
}

static struct below walk(const struct attest_image_hdr *h, uint32_t start)
{
	struct below ret = { .all = ATTEST_ACCESS_ALL };
	bool *seen = calloc(h->n_states * 6, sizeof(*seen));
	struct place *queue = calloc(h->n_states * 6, sizeof(*queue));
	size_t n = 0;

	queue[n++] = (struct place){ .state = start };
	for (size_t i = 0; i < n; i++) {
		look(h, &queue[i], &ret);
		for (unsigned int byte = 1; byte < 256; byte++) {
			struct place to = queue[i];
			size_t key;

			if (byte == '/' ? to.after_slash : to.slashes == 0)
				continue;
			to.state = step(h, to.state, byte);
			to.after_slash = byte == '/';
			to.slashes += byte == '/' && to.slashes < 2;
			key = to.state * 6 + to.slashes * 2 + to.after_slash;
			if (seen[key])
				continue;
			seen[key] = true;
			queue[n++] = to;
		}
	}
	free(seen);
	free(queue);
	return ret;
}

static void check_state(const struct generated *g, uint32_t s)
{
	const struct attest_image_state *states =
	    (const void *)((const char *)g->image + g->image->states_off);
	const uint8_t *subtree =
	    (const uint8_t *)g->image + g->image->subtree_off;
	struct below below = walk(g->image, s);
	uint32_t uniform = below.mixed ? 0 : below.rule + 1;

	if (states[s].uniform == uniform &&
	    ATTEST_SUBTREE_ALL(subtree[s]) == below.all &&
	    ATTEST_SUBTREE_ANY(subtree[s]) == below.any)
		return;
	explain(g, "?");
	fail_msg("state %u: uniform %u, not %u; all %x, not %x; any %x, not %x",
		 s, states[s].uniform, uniform, ATTEST_SUBTREE_ALL(subtree[s]),
		 below.all, ATTEST_SUBTREE_ANY(subtree[s]), below.any);
}

static void winner_is_that_of_the_naive_matcher(void **state)
{
	uint64_t rounds = setting("ATTEST_TEST_ROUNDS", 10000);
	uint64_t seed = setting("ATTEST_TEST_SEED", 20260101);

	(void)state;
	for (uint64_t round = 0; round < rounds; round++) {
		struct generated g;
		char path[256];

		random_state = (seed + round) * 0x9e3779b97f4a7c15ULL | 1;
		generate(&g);
		for (int i = 0; i < PATHS; i++) {
			size_t len = make_path(path, 6);
			uint32_t want = naive_decide(&g.policy, path, len);
			uint32_t got = decide(&g, path, len);

			if (want == got)
				continue;
			explain(&g, path);
			fail_msg("ATTEST_TEST_SEED=%llu: rule %u, not %u",
				 (unsigned long long)(seed + round), got, want);
		}
		free(g.image);
	}
}

static void uniform_and_subtree_are_what_a_walk_finds(void **state)
{
	uint64_t rounds = setting("ATTEST_TEST_ROUNDS", 10000) / 40;
	uint64_t seed = setting("ATTEST_TEST_SEED", 20260101);

	(void)state;
	for (uint64_t round = 0; round < rounds; round++) {
		struct generated g;
		char path[256];

		random_state = (seed + round) * 0x9e3779b97f4a7c15ULL | 1;
		generate(&g);
		for (int i = 0; i < 10; i++) {
			size_t len = make_path(path, 4);
			uint32_t s = g.image->fs_start;

			for (size_t k = 0; k < len; k++)
				s = step(g.image, s, (unsigned char)path[k]);
			check_state(&g, s);
		}
		free(g.image);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(winner_is_that_of_the_naive_matcher),
		cmocka_unit_test(uniform_and_subtree_are_what_a_walk_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
