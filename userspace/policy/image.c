// SPDX-License-Identifier: Apache-2.0
/**
 * Policy to image.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/dfa.h"
#include "policy/image_net.h"
#include "policy/nfa.h"
#include "policy/pack.h"
#include "policy/pattern.h"
#include "policy/rank.h"

/* The start nodes of the NFA. */
enum {
	START_PATHS,
	START_EXTENSIONS,
	START_HOSTS,
	N_STARTS
};

struct compile {
	const struct attest_policy *policy;
	struct attest_diag *diag;
	struct attest_nfa nfa;
	struct attest_dfa dfa;
	struct attest_hosts hosts;
	/* rules, then 1 + extension, then 1 + host */
	uint32_t *rule_of_rank;
	size_t n_ranks;
	size_t worst; /* the rule with the most wildcards */
	size_t worst_wildcards;
	uint64_t *uniform;
	uint8_t *subtree;
	uint32_t *bases;
	struct attest_image_cell *cells;
	uint32_t n_cells;
};

static void compile_done(struct compile *c)
{
	attest_nfa_done(&c->nfa);
	attest_dfa_done(&c->dfa);
	attest_hosts_done(&c->hosts);
	free(c->rule_of_rank);
	free(c->uniform);
	free(c->subtree);
	free(c->bases);
	free(c->cells);
}

static int fail(struct compile *c, size_t rule, int error, const char *why)
{
	const struct attest_rule *r =
	    rule < c->policy->n_rules ? &c->policy->rules[rule] : NULL;

	memset(c->diag, 0, sizeof(*c->diag));
	if (r) {
		(void)snprintf(c->diag->file, sizeof(c->diag->file), "%s",
			       r->file ?: "");
		c->diag->line = r->line;
	}
	(void)snprintf(c->diag->text, sizeof(c->diag->text), "%s%.80s%s%s",
		       r ? "the path '" : "", r ? r->path : "", r ? "': " : "",
		       why);
	return error;
}

static int too_big(struct compile *c)
{
	return fail(
	    c, c->worst_wildcards ? c->worst : SIZE_MAX, -E2BIG,
	    "the rules' automaton does not fit in 16 MiB; use fewer rules, "
	    "or fewer wildcards before the last one of a path (this has "
	    "the most)");
}

static int add_rules(struct compile *c)
{
	_cleanup_free_ uint32_t *ranks = NULL;
	const struct attest_policy *p = c->policy;
	int r;

	r = attest_rules_rank(p, &ranks);
	for (size_t i = 0; r == 0 && i < p->n_rules; i++) {
		_cleanup_(
		    attest_pattern_done) struct attest_pattern pattern = { 0 };
		const char *error;

		r = attest_pattern_parse(
		    p->rules[i].path, p->rules[i].recursive, &pattern, &error);
		if (r == -EINVAL)
			return fail(c, i, r, error);
		if (r < 0)
			return r;
		if (pattern.n_wildcards > c->worst_wildcards) {
			c->worst = i;
			c->worst_wildcards = pattern.n_wildcards;
		}
		c->rule_of_rank[ranks[i]] = (uint32_t)i + 1;
		r = attest_nfa_add(&c->nfa, START_PATHS, &pattern, ranks[i]);
	}
	return r;
}

/* Any bytes, if it begins so, and then the text. */
static int add_name(struct compile *c, uint32_t start, bool any,
		    const char *text, uint32_t rank)
{
	size_t len = strlen(text);
	struct attest_pattern pattern = { 0 };
	int r;

	pattern.tokens = calloc(len + 1, sizeof(*pattern.tokens));
	if (!pattern.tokens)
		return -ENOMEM;
	if (any)
		pattern.tokens[pattern.n_tokens++].kind = ATTEST_TOKEN_STAR;
	for (size_t i = 0; i < len; i++)
		pattern.tokens[pattern.n_tokens++].byte = (uint8_t)text[i];
	r = attest_nfa_add(&c->nfa, start, &pattern, rank);
	attest_pattern_done(&pattern);
	return r;
}

static int add_names(struct compile *c)
{
	const struct attest_policy *p = c->policy;
	uint32_t rank = (uint32_t)p->n_rules;
	char dotted[NAME_MAX + 2] = ".";
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n_extensions; i++) {
		c->rule_of_rank[rank] = (uint32_t)i + 1;
		(void)snprintf(dotted + 1, sizeof(dotted) - 1, "%s",
			       p->extensions[i]);
		r = add_name(c, START_EXTENSIONS, true, dotted, rank++);
	}
	for (size_t i = 0; r == 0 && i < c->hosts.n; i++) {
		const char *name = c->hosts.names[i];
		bool any = name[0] == '*';

		c->rule_of_rank[rank] = (uint32_t)i + 1;
		r = add_name(c, START_HOSTS, any, name + any, rank++);
	}
	return r;
}

static uint32_t rule_of(const struct compile *c, uint64_t rank)
{
	return rank < c->n_ranks ? c->rule_of_rank[rank] : 0;
}

static uint32_t access_bits(enum attest_path_access access, bool execute)
{
	uint32_t bits = 0;

	if (access != ATTEST_PATH_FORBIDDEN)
		bits =
		    ATTEST_ACCESS_READ | (execute ? ATTEST_ACCESS_EXECUTE : 0);
	if (access == ATTEST_PATH_READ_WRITE)
		bits |= ATTEST_ACCESS_WRITE;
	return bits;
}

static struct attest_image_rule default_rule(const struct attest_policy *p)
{
	struct attest_image_rule rule = { .access = ATTEST_ACCESS_ALL };

	if (p->has_filesystem)
		rule.access = access_bits(p->fs_default, p->fs_default_execute);
	return rule;
}

static int find_subtrees(struct compile *c)
{
	const struct attest_policy *p = c->policy;
	_cleanup_free_ uint8_t *access = NULL;

	access = calloc(c->dfa.n_states, sizeof(*access));
	if (!access)
		return -ENOMEM;
	for (size_t i = 0; i < c->dfa.n_states; i++) {
		uint32_t rank = c->dfa.states[i].rank;
		const struct attest_rule *r;

		access[i] = (uint8_t)default_rule(p).access;
		if (rank >= p->n_rules)
			continue;
		r = &p->rules[rule_of(c, rank) - 1];
		access[i] = (uint8_t)access_bits(r->access, r->execute);
	}
	return attest_dfa_subtree(&c->dfa, access, &c->subtree);
}

static int make_automaton(struct compile *c)
{
	const struct attest_policy *p = c->policy;
	uint32_t start;
	int r;

	r = attest_hosts_make(p, &c->hosts);
	if (r < 0)
		return r;
	c->n_ranks = p->n_rules + p->n_extensions + c->hosts.n;
	c->rule_of_rank = calloc(c->n_ranks + 1, sizeof(*c->rule_of_rank));
	if (!c->rule_of_rank)
		return -ENOMEM;
	for (int i = 0; r == 0 && i < N_STARTS; i++)
		r = attest_nfa_add_node(&c->nfa, ATTEST_LOOP_NONE, &start);
	r = r ?: add_rules(c);
	r = r ?: add_names(c);
	if (r < 0)
		return r;
	attest_nfa_finish(&c->nfa);
	r = attest_dfa_build(&c->nfa, N_STARTS, &c->dfa);
	attest_nfa_done(&c->nfa);
	r = r ?: attest_dfa_minimise(&c->dfa);
	r = r ?: attest_dfa_uniform(&c->dfa, &c->uniform);
	r = r ?: find_subtrees(c);
	r = r
		?: attest_pack_rows(&c->dfa,
				    ATTEST_IMAGE_MAX /
					sizeof(struct attest_image_cell),
				    &c->bases, &c->cells, &c->n_cells);
	return r == -E2BIG ? too_big(c) : r;
}

static void fill_states(const struct compile *c,
			struct attest_image_state *states)
{
	for (size_t i = 0; i < c->dfa.n_states; i++) {
		const struct attest_dfa_state *s = &c->dfa.states[i];
		uint64_t uniform = c->uniform[i];

		states[i] = (struct attest_image_state){
			.base = c->bases[i],
			.deflt = s->deflt,
			.rule = rule_of(c, s->rank),
			.uniform = uniform ? 1 + rule_of(c, uniform - 1) : 0,
		};
	}
}

static void fill_rules(const struct attest_policy *p,
		       struct attest_image_rule *rules)
{
	rules[0] = default_rule(p);
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct attest_rule *r = &p->rules[i];

		rules[i + 1].access = access_bits(r->access, r->execute);
		rules[i + 1].flags = r->hide ? ATTEST_RULE_HIDE : 0;
	}
}

static uint32_t image_flags(const struct attest_policy *p)
{
	uint32_t flags = 0;

	if (p->has_filesystem)
		flags |= ATTEST_IMAGE_HAS_FS;
	if (p->n_extensions)
		flags |= ATTEST_IMAGE_HAS_EXTENSIONS;
	if (p->max_file_bytes || p->max_disk_bytes || p->max_files)
		flags |= ATTEST_IMAGE_HAS_LIMITS;
	if (p->has_network)
		flags |= ATTEST_IMAGE_HAS_NET;
	if (p->has_network && p->net_default == ATTEST_NETWORK_DISABLED)
		flags |= ATTEST_IMAGE_NET_DENY;
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].hide)
			flags |= ATTEST_IMAGE_HAS_HIDE;
	return flags;
}

static void fill_header(const struct compile *c, struct attest_image_hdr *h)
{
	const struct attest_policy *p = c->policy;

	h->magic = ATTEST_IMAGE_MAGIC;
	h->abi = ATTEST_IMAGE_ABI;
	h->mode = p->mode;
	h->flags = image_flags(p);
	h->grants = p->grants;
	h->symlinks = p->symlinks;
	h->fs_start = c->dfa.starts[START_PATHS];
	h->ext_start = c->dfa.starts[START_EXTENSIONS];
	h->n_states = (uint32_t)c->dfa.n_states;
	h->n_cells = c->n_cells;
	h->n_rules = (uint32_t)p->n_rules + 1;
	h->host_start = c->dfa.starts[START_HOSTS];
	h->n_net = attest_image_net_fill(p, &c->hosts, NULL);
	if (c->hosts.n)
		h->flags |= ATTEST_IMAGE_HAS_HOSTS;
	h->max_file_bytes = p->max_file_bytes;
	h->max_disk_bytes = p->max_disk_bytes;
	h->max_files = p->max_files;
	memcpy(h->digest, p->digest, sizeof(h->digest));
}

/* Every section starts at a multiple of its entries' size, so none of them
 * straddles a page.
 */
static uint64_t place_section(uint64_t *end, uint64_t n, size_t size)
{
	uint64_t align = size > 16 ? size : 16;
	uint64_t start = (*end + align - 1) / align * align;

	*end = start + n * size;
	return start;
}

static int make_image(struct compile *c, struct attest_image_hdr **ret)
{
	struct attest_image_hdr h = { 0 };
	uint64_t end = sizeof(h);
	char *image;

	fill_header(c, &h);
	h.states_off = (uint32_t)place_section(
	    &end, h.n_states, sizeof(struct attest_image_state));
	h.cells_off = (uint32_t)place_section(&end, h.n_cells,
					      sizeof(struct attest_image_cell));
	h.rules_off = (uint32_t)place_section(&end, h.n_rules,
					      sizeof(struct attest_image_rule));
	h.subtree_off = (uint32_t)place_section(&end, h.n_states, 1);
	h.net_off = (uint32_t)place_section(&end, h.n_net,
					    sizeof(struct attest_image_net));
	if (end > ATTEST_IMAGE_MAX)
		return too_big(c);
	if (h.n_net > ATTEST_NET_ENTRIES_MAX)
		return fail(c, SIZE_MAX, -E2BIG,
			    "the network rules' names overlap too much: "
			    "more than 4096 pairs of a rule and a name");
	h.bytes = (uint32_t)end;
	image = calloc(1, end);
	if (!image)
		return -ENOMEM;
	memcpy(image, &h, sizeof(h));
	fill_states(c, (struct attest_image_state *)(image + h.states_off));
	memcpy(image + h.cells_off, c->cells, h.n_cells * sizeof(*c->cells));
	memcpy(image + h.subtree_off, c->subtree, h.n_states);
	fill_rules(c->policy,
		   (struct attest_image_rule *)(image + h.rules_off));
	if (h.n_net)
		(void)attest_image_net_fill(
		    c->policy, &c->hosts,
		    (struct attest_image_net *)(image + h.net_off));
	*ret = (struct attest_image_hdr *)image;
	return 0;
}

int attest_image_build(const struct attest_policy *policy,
		       struct attest_image_hdr **ret_image,
		       struct attest_diag *reterr_diag)
{
	_cleanup_(compile_done) struct compile c = { .policy = policy,
						     .diag = reterr_diag };
	int r;

	r = make_automaton(&c);
	return r ?: make_image(&c, ret_image);
}
