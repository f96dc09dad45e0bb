// SPDX-License-Identifier: Apache-2.0
/**
 * The host's side of the matcher.
 */
#include <ctype.h>
#include <string.h>

#include <attest/network.h>

#include "policy/image.h"

static const struct attest_image_state *
attest_image_state_at(const struct attest_image_hdr *image, uint64_t i)
{
	const char *base = (const char *)image + image->states_off;

	if (i >= image->n_states)
		return NULL;
	return (const struct attest_image_state *)base + i;
}

static const struct attest_image_cell *
attest_image_cell_at(const struct attest_image_hdr *image, uint64_t i)
{
	const char *base = (const char *)image + image->cells_off;

	if (i >= image->n_cells)
		return NULL;
	return (const struct attest_image_cell *)base + i;
}

#define ATTEST_IMAGE_TYPE const struct attest_image_hdr *
#include <attest/match.h>

static bool section_is_valid(const struct attest_image_hdr *h, uint32_t off,
			     uint32_t n, size_t size)
{
	size_t align = size > 16 ? size : 16;

	return off % align == 0 && off >= sizeof(*h) &&
	       off + (uint64_t)n * size <= h->bytes;
}

static bool header_is_valid(const struct attest_image_hdr *h, size_t len)
{
	return h->magic == ATTEST_IMAGE_MAGIC && h->abi == ATTEST_IMAGE_ABI &&
	       h->bytes == len && h->mode < ATTEST_MODE_END &&
	       h->symlinks < ATTEST_SYMLINKS_END && h->fs_start < h->n_states &&
	       h->ext_start < h->n_states && h->host_start < h->n_states &&
	       h->n_rules > 0 && h->n_rules <= ATTEST_RULES_MAX + 1 &&
	       section_is_valid(h, h->states_off, h->n_states,
				sizeof(struct attest_image_state)) &&
	       section_is_valid(h, h->cells_off, h->n_cells,
				sizeof(struct attest_image_cell)) &&
	       section_is_valid(h, h->rules_off, h->n_rules,
				sizeof(struct attest_image_rule)) &&
	       section_is_valid(h, h->subtree_off, h->n_states, 1) &&
	       h->n_net <= ATTEST_NET_ENTRIES_MAX &&
	       section_is_valid(h, h->net_off, h->n_net,
				sizeof(struct attest_image_net));
}

static bool net_is_valid(const struct attest_image_hdr *h)
{
	const struct attest_image_net *net =
	    (const void *)((const char *)h + h->net_off);

	for (uint32_t i = 0; i < h->n_net; i++)
		if (net[i].prefix_len > 128 ||
		    net[i].port_min > net[i].port_max ||
		    net[i].protocols & ~(ATTEST_NET_TCP | ATTEST_NET_UDP))
			return false;
	return true;
}

/* The automata share the tables, so a state's rule may be an extension's. */
bool attest_image_is_valid(const void *data, size_t len)
{
	const struct attest_image_hdr *h = data;

	if (len < sizeof(*h) || len > ATTEST_IMAGE_MAX ||
	    (uintptr_t)data % _Alignof(struct attest_image_hdr) ||
	    !header_is_valid(h, len))
		return false;
	for (uint32_t i = 0; i < h->n_states; i++) {
		const struct attest_image_state *s =
		    attest_image_state_at(h, i);

		if ((uint64_t)s->base + 255 >= h->n_cells ||
		    s->deflt >= h->n_states || s->rule > ATTEST_RULES_MAX ||
		    s->uniform > ATTEST_RULES_MAX + 1)
			return false;
	}
	for (uint32_t i = 0; i < h->n_cells; i++) {
		const struct attest_image_cell *c = attest_image_cell_at(h, i);

		if (c->owner != UINT32_MAX &&
		    (c->owner >= h->n_states || c->next >= h->n_states))
			return false;
	}
	return net_is_valid(h);
}

static uint32_t rule_at(const struct attest_image_hdr *image, uint32_t state)
{
	const struct attest_image_state *s =
	    attest_image_state_at(image, state);

	return s ? s->rule : UINT32_MAX;
}

static bool has_forbidden_extension(const struct attest_image_hdr *image,
				    const char *name, size_t len)
{
	uint32_t state = image->ext_start;

	if (!(image->flags & ATTEST_IMAGE_HAS_EXTENSIONS))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		state = attest_match_byte(image, state, c);
	}
	return rule_at(image, state) != 0;
}

void attest_image_decide(const struct attest_image_hdr *image, const char *path,
			 size_t len, struct attest_decision *ret)
{
	const struct attest_image_rule *rules =
	    (const void *)((const char *)image + image->rules_off);
	uint32_t state = image->fs_start;
	const char *name = memrchr(path, '/', len);
	uint32_t rule;

	if (len == 1 && path[0] == '/')
		len = 0; /* the root is the empty input */
	for (size_t i = 0; i < len; i++)
		state = attest_match_byte(image, state, (unsigned char)path[i]);
	rule = rule_at(image, state);
	memset(ret, 0, sizeof(*ret));
	if (rule >= image->n_rules)
		return; /* not from our compiler: nothing is allowed */
	ret->rule = rule;
	ret->access = rules[rule].access;
	ret->hide = rules[rule].flags & ATTEST_RULE_HIDE;
	name = name ? name + 1 : path;
	if (len)
		ret->forbidden_extension = has_forbidden_extension(
		    image, name, (size_t)(path + len - name));
}
