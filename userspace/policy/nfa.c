// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/grow.h"
#include "policy/nfa.h"

void attest_nfa_done(struct attest_nfa *nfa)
{
	free(nfa->nodes);
	free(nfa->edges);
	free(nfa->sets);
	free(nfa->buckets);
	memset(nfa, 0, sizeof(*nfa));
}

int attest_nfa_add_node(struct attest_nfa *nfa, uint32_t loop, uint32_t *ret)
{
	int r;

	r = ATTEST_GROW(nfa->nodes, nfa->cap_nodes, nfa->n_nodes + 1);
	if (r < 0)
		return r;
	nfa->nodes[nfa->n_nodes] = (struct attest_nfa_node){
		.edges = ATTEST_EDGE_NONE,
		.loop = loop,
		.rank = ATTEST_RANK_NONE,
		.best = ATTEST_RANK_NONE,
	};
	*ret = (uint32_t)nfa->n_nodes++;
	return 0;
}

static size_t bucket_of(const struct attest_nfa *nfa, uint32_t from,
			uint32_t kind, uint32_t label)
{
	uint64_t h = ((uint64_t)from << 32) | (kind << 28 ^ label);

	h *= 0x9e3779b97f4a7c15ULL;
	return (size_t)(h >> 32) & (nfa->n_buckets - 1);
}

static int rehash(struct attest_nfa *nfa)
{
	size_t n = nfa->n_buckets ? nfa->n_buckets * 2 : 1024;
	uint32_t *buckets;

	if (nfa->n_edges < nfa->n_buckets)
		return 0;
	buckets = malloc(n * sizeof(*buckets));
	if (!buckets)
		return -ENOMEM;
	memset(buckets, 0xff, n * sizeof(*buckets));
	free(nfa->buckets);
	nfa->buckets = buckets;
	nfa->n_buckets = n;
	for (uint32_t i = 0; i < nfa->n_edges; i++) {
		struct attest_nfa_edge *e = &nfa->edges[i];
		size_t b = bucket_of(nfa, e->from, e->kind, e->label);

		e->chain = buckets[b];
		buckets[b] = i;
	}
	return 0;
}

static int add_edge(struct attest_nfa *nfa, uint32_t from, uint32_t kind,
		    uint32_t label, uint32_t to)
{
	size_t b;
	int r;

	r = rehash(nfa);
	if (r == 0)
		r = ATTEST_GROW(nfa->edges, nfa->cap_edges, nfa->n_edges + 1);
	if (r < 0)
		return r;
	b = bucket_of(nfa, from, kind, label);
	nfa->edges[nfa->n_edges] = (struct attest_nfa_edge){
		.kind = kind,
		.label = label,
		.from = from,
		.to = to,
		.next = nfa->nodes[from].edges,
		.chain = nfa->buckets[b],
	};
	nfa->nodes[from].edges = (uint32_t)nfa->n_edges;
	nfa->buckets[b] = (uint32_t)nfa->n_edges++;
	return 0;
}

static bool find_edge(const struct attest_nfa *nfa, uint32_t from,
		      uint32_t kind, uint32_t label, uint32_t *ret_to)
{
	uint32_t i;

	if (nfa->n_buckets == 0)
		return false;
	i = nfa->buckets[bucket_of(nfa, from, kind, label)];
	for (; i != ATTEST_EDGE_NONE; i = nfa->edges[i].chain) {
		const struct attest_nfa_edge *e = &nfa->edges[i];

		if (e->from == from && e->kind == kind && e->label == label) {
			*ret_to = e->to;
			return true;
		}
	}
	return false;
}

/* Follows the edge, or makes it with the node it leads to. */
static int follow(struct attest_nfa *nfa, uint32_t from, uint32_t kind,
		  uint32_t label, uint32_t loop, uint32_t *ret)
{
	uint32_t to;
	int r;

	if (find_edge(nfa, from, kind, label, ret))
		return 0;
	r = attest_nfa_add_node(nfa, loop, &to);
	if (r == 0)
		r = add_edge(nfa, from, kind, label, to);
	if (r == 0)
		*ret = to;
	return r;
}

static int intern_set(struct attest_nfa *nfa, const uint8_t *set, uint32_t *ret)
{
	int r;

	for (size_t i = 0; i < nfa->n_sets; i++) {
		if (memcmp(nfa->sets[i], set, ATTEST_SET_BYTES) == 0) {
			*ret = (uint32_t)i;
			return 0;
		}
	}
	r = ATTEST_GROW(nfa->sets, nfa->cap_sets, nfa->n_sets + 1);
	if (r < 0)
		return r;
	memcpy(nfa->sets[nfa->n_sets], set, ATTEST_SET_BYTES);
	*ret = (uint32_t)nfa->n_sets++;
	return 0;
}

/* Nothing, or any bytes and a '/': two ways to the node that comes after. */
static int follow_directories(struct attest_nfa *nfa, uint32_t from,
			      uint32_t *ret)
{
	uint32_t any;
	uint32_t after;
	int r;

	if (find_edge(nfa, from, ATTEST_EDGE_EMPTY, ATTEST_TOKEN_DIRECTORIES,
		      ret))
		return 0;
	r = attest_nfa_add_node(nfa, ATTEST_LOOP_ALL, &any);
	if (r == 0)
		r = attest_nfa_add_node(nfa, ATTEST_LOOP_NONE, &after);
	if (r == 0)
		r = add_edge(nfa, from, ATTEST_EDGE_EMPTY, UINT32_MAX, any);
	if (r == 0)
		r = add_edge(nfa, any, ATTEST_EDGE_BYTE, '/', after);
	if (r == 0)
		r = add_edge(nfa, from, ATTEST_EDGE_EMPTY,
			     ATTEST_TOKEN_DIRECTORIES, after);
	if (r == 0)
		*ret = after;
	return r;
}

static int follow_token(struct attest_nfa *nfa, uint32_t from,
			const struct attest_token *token, uint32_t *ret)
{
	uint32_t set;
	int r;

	switch (token->kind) {
	case ATTEST_TOKEN_BYTE:
		return follow(nfa, from, ATTEST_EDGE_BYTE, token->byte,
			      ATTEST_LOOP_NONE, ret);
	case ATTEST_TOKEN_SET:
		r = intern_set(nfa, token->set, &set);
		if (r < 0)
			return r;
		return follow(nfa, from, ATTEST_EDGE_SET, set, ATTEST_LOOP_NONE,
			      ret);
	case ATTEST_TOKEN_DIRECTORIES:
		return follow_directories(nfa, from, ret);
	default:
		return follow(nfa, from, ATTEST_EDGE_EMPTY, token->kind,
			      token->kind == ATTEST_TOKEN_STAR
				  ? ATTEST_LOOP_NAME
				  : ATTEST_LOOP_ALL,
			      ret);
	}
}

static void improve(struct attest_nfa *nfa, uint32_t node, uint32_t rank)
{
	if (rank < nfa->nodes[node].rank)
		nfa->nodes[node].rank = rank;
}

int attest_nfa_add(struct attest_nfa *nfa, uint32_t start,
		   const struct attest_pattern *pattern, uint32_t rank)
{
	uint32_t node = start;
	uint32_t tail;
	int r;

	for (size_t i = 0; i < pattern->n_tokens; i++) {
		r = follow_token(nfa, node, &pattern->tokens[i], &node);
		if (r < 0)
			return r;
	}
	improve(nfa, node, rank);
	if (!pattern->below)
		return 0;
	r = follow(nfa, node, ATTEST_EDGE_TAIL, 0, ATTEST_LOOP_ALL, &tail);
	if (r < 0)
		return r;
	improve(nfa, tail, rank);
	return 0;
}

void attest_nfa_finish(struct attest_nfa *nfa)
{
	/* Edges lead to later nodes, so the last node comes first. */
	for (size_t i = nfa->n_nodes; i-- > 0;) {
		struct attest_nfa_node *n = &nfa->nodes[i];

		n->best = n->rank;
		for (uint32_t e = n->edges; e != ATTEST_EDGE_NONE;
		     e = nfa->edges[e].next) {
			uint32_t best = nfa->nodes[nfa->edges[e].to].best;

			if (best < n->best)
				n->best = best;
		}
	}
}
