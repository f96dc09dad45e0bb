// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/coverage.h"
#include "policy/seccomp.h"

#define REASON_LEN 256

static const char *const access_names[] = {
	[ATTEST_PATH_FORBIDDEN] = "forbidden",
	[ATTEST_PATH_READ_ONLY] = "read-only",
	[ATTEST_PATH_READ_WRITE] = "read-write",
};

void attest_coverage_free(struct attest_coverage **coverage)
{
	struct attest_coverage *c = *coverage;

	*coverage = NULL;
	if (!c)
		return;
	for (size_t i = 0; i < c->n_items; i++) {
		free(c->items[i].text);
		free(c->items[i].reason);
		free(c->items[i].note);
	}
	free(c->items);
	free(c);
}

static int add(struct attest_coverage *c, enum attest_item_kind kind,
	       size_t index, char *text)
{
	struct attest_item *items;

	if (!text)
		return -ENOMEM;
	items = realloc(c->items, (c->n_items + 1) * sizeof(*items));
	if (!items) {
		free(text);
		return -ENOMEM;
	}
	c->items = items;
	items[c->n_items++] =
	    (struct attest_item){ .kind = kind, .index = index, .text = text };
	return 0;
}

__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...)
{
	va_list args;
	char *p;
	int n;

	va_start(args, format);
	n = vasprintf(&p, format, args);
	va_end(args);
	return n < 0 ? NULL : p;
}

static int add_filesystem(struct attest_coverage *c,
			  const struct attest_policy *p)
{
	int r = 0;

	if (!p->has_filesystem)
		return 0;
	r = r
		?: add(c, ATTEST_ITEM_FS_DEFAULT, 0,
		       text("default %s", access_names[p->fs_default]));
	for (size_t i = 0; r == 0 && i < p->n_rules; i++)
		r = add(c, ATTEST_ITEM_FS_RULE, i,
			text("%s %s", p->rules[i].path,
			     access_names[p->rules[i].access]));
	if (p->n_extensions)
		r = r
			?: add(c, ATTEST_ITEM_FS_EXTENSIONS, 0,
			       text("forbidden_extensions (%zu)",
				    p->n_extensions));
	if (p->symlinks == ATTEST_SYMLINKS_FORBID)
		r = r
			?: add(c, ATTEST_ITEM_FS_SYMLINKS, 0,
			       text("symlinks forbid"));
	if (p->max_file_bytes)
		r = r
			?: add(c, ATTEST_ITEM_FS_MAX_FILE_SIZE, 0,
			       text("max_file_size %" PRIu64,
				    p->max_file_bytes));
	if (p->max_disk_bytes)
		r = r
			?: add(c, ATTEST_ITEM_FS_MAX_DISK_USAGE, 0,
			       text("max_disk_usage %" PRIu64,
				    p->max_disk_bytes));
	if (p->max_files)
		r = r
			?: add(c, ATTEST_ITEM_FS_MAX_FILES, 0,
			       text("max_files %" PRIu64, p->max_files));
	return r;
}

static int add_rest(struct attest_coverage *c, const struct attest_policy *p)
{
	const struct attest_process_limits *l = &p->limits;
	const struct {
		const char *name;
		uint64_t value;
	} limits[] = {
		{ "open_files", l->open_files },
		{ "processes", l->processes },
		{ "memory", l->memory_bytes },
		{ "cpu_seconds", l->cpu_seconds },
		{ "wall_seconds", l->wall_seconds },
	};
	int r = 0;

	if (p->seccomp)
		r = add(
		    c, ATTEST_ITEM_SECCOMP, 0,
		    text("seccomp profile %s", p->seccomp->name ?: "(inline)"));
	if (p->has_network)
		r = r
			?: add(c, ATTEST_ITEM_NET_DEFAULT, 0,
			       text("network default %s",
				    p->net_default == ATTEST_NETWORK_DISABLED
					? "disabled"
					: "enabled"));
	for (size_t i = 0; r == 0 && i < p->n_net_rules; i++)
		r = add(c, ATTEST_ITEM_NET_RULE, i,
			text("network allow %s port %u-%u",
			     p->net_rules[i].to ?: "any",
			     p->net_rules[i].port_min,
			     p->net_rules[i].port_max));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(limits); i++)
		if (limits[i].value)
			r = add(c, ATTEST_ITEM_PROCESS_LIMIT, i,
				text("%s %" PRIu64, limits[i].name,
				     limits[i].value));
	return r;
}

/* The reason that stays is that of the layer that comes nearest. */
static int ask(struct attest_item *item, const struct attest_policy *policy,
	       enum attest_subject_kind subject,
	       const struct attest_layer_state *layers, size_t n_layers)
{
	enum attest_cover best = ATTEST_COVER_NONE;

	for (size_t i = 0; i < n_layers; i++) {
		const struct attest_layer_ops *ops = layers[i].ops;
		char reason[REASON_LEN] = "";
		enum attest_cover cover;

		cover = ops->cover(layers[i].state, policy, subject, item->kind,
				   item->index, reason, sizeof(reason));
		if (cover == ATTEST_COVER_FULL)
			item->full |= 1U << ops->layer;
		if (cover == ATTEST_COVER_PARTIAL)
			item->partial |= 1U << ops->layer;
		if (cover == ATTEST_COVER_FULL && reason[0] && !item->note) {
			item->note = text("%s: %s", ops->name, reason);
			if (!item->note)
				return -ENOMEM;
		}
		if (cover == ATTEST_COVER_FULL || reason[0] == '\0')
			continue;
		if (item->reason && cover <= best)
			continue;
		free(item->reason);
		item->reason = text("%s: %s", ops->name, reason);
		if (!item->reason)
			return -ENOMEM;
		best = cover;
	}
	return 0;
}

int attest_coverage_make(const struct attest_policy *policy,
			 enum attest_subject_kind subject,
			 const struct attest_layer_state *layers,
			 size_t n_layers, struct attest_coverage **ret)
{
	_cleanup_(attest_coverage_free) struct attest_coverage *c = NULL;
	int r;

	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	r = add_filesystem(c, policy);
	r = r ?: add_rest(c, policy);
	for (size_t i = 0; r == 0 && i < c->n_items; i++)
		r = ask(&c->items[i], policy, subject, layers, n_layers);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(c);
	return 0;
}

const struct attest_item *
attest_coverage_gap(const struct attest_coverage *coverage)
{
	for (size_t i = 0; i < coverage->n_items; i++)
		if (!coverage->items[i].full)
			return &coverage->items[i];
	return NULL;
}
