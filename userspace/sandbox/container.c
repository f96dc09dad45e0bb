// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "event/record.h"
#include "policy/image.h"
#include "sandbox/container.h"
#include "sandbox/root_entries.h"

#define HOST_NAME "attest"
/* What matches a forbidden pattern with wildcards, at most. */
#define COVERS_MAX 1024

static const char *const own[] = { "/tmp", "/run", "/dev", "/proc", "/sys" };

void attest_container_free(struct attest_container **container)
{
	struct attest_container *c = *container;

	*container = NULL;
	if (!c)
		return;
	for (size_t i = 0; i < c->n_binds; i++) {
		free(c->binds[i].source);
		free(c->binds[i].target);
	}
	for (size_t i = 0; i < c->n_covers; i++)
		free(c->covers[i]);
	attest_root_entries_free(c);
	free(c->binds);
	free(c->covers);
	free(c);
}

static bool is_inside(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return strncmp(path, directory, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/');
}

bool attest_container_is_own(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (is_inside(path, own[i]))
			return true;
	return false;
}

bool attest_container_is_moved(const struct attest_container *container,
			       const char *path)
{
	for (size_t i = 0; i < container->n_binds; i++) {
		const struct attest_bind *bind = &container->binds[i];

		if (strcmp(bind->source, bind->target) != 0 &&
		    is_inside(path, bind->target))
			return true;
	}
	/* A composed root is no directory of the host either. */
	return container->n_entries && strcmp(path, "/") == 0;
}

static int add_bind(struct attest_container *c, const char *source,
		    const char *target, bool writable)
{
	struct attest_bind *binds;

	binds = reallocarray(c->binds, c->n_binds + 1, sizeof(*binds));
	if (!binds)
		return -ENOMEM;
	c->binds = binds;
	binds[c->n_binds++] = (struct attest_bind){
		.source = strdup(source),
		.target = strdup(target),
		.writable = writable,
	};
	if (!binds[c->n_binds - 1].source || !binds[c->n_binds - 1].target)
		return -ENOMEM;
	return 0;
}

static int add_cover(struct attest_container *c, const char *path)
{
	char **covers;

	covers = reallocarray(c->covers, c->n_covers + 1, sizeof(*covers));
	if (!covers)
		return -ENOMEM;
	c->covers = covers;
	covers[c->n_covers] = strdup(path);
	return covers[c->n_covers++] ? 0 : -ENOMEM;
}

/* The pattern without a last "/ *" or "/ **": the directory it is about. */
static char *base_of(const struct attest_rule *rule)
{
	const char *last = strrchr(rule->path, '/');
	size_t n = strlen(rule->path);

	if (last && (strcmp(last, "/*") == 0 || strcmp(last, "/**") == 0))
		n = (size_t)(last - rule->path);
	while (n > 1 && rule->path[n - 1] == '/')
		n--;
	if (n == 0)
		return strdup("/");
	return strndup(rule->path, n);
}

static bool is_literal(const char *pattern)
{
	return !strpbrk(pattern, "*?[\\");
}

/* A path is covered only if the policy forbids it and all that is below it,
 * which the rule that names it does not say alone.
 */
static int cover_path(struct attest_container *c,
		      const struct attest_image_hdr *image, const char *path)
{
	char below[PATH_MAX + 8];
	struct attest_decision here;
	struct attest_decision inside;
	int n;

	n = snprintf(below, sizeof(below), "%s/\001", path);
	if (n < 0 || (size_t)n >= sizeof(below) ||
	    attest_container_is_own(path))
		return 0;
	attest_image_decide(image, path, strlen(path), &here);
	attest_image_decide(image, below, (size_t)n, &inside);
	if (here.access || inside.access || c->n_covers >= COVERS_MAX)
		return 0;
	return add_cover(c, path);
}

static int cover_rule(struct attest_container *c,
		      const struct attest_image_hdr *image,
		      const struct attest_rule *rule)
{
	_cleanup_(globfree) glob_t found = { 0 };
	_cleanup_free_ char *base = NULL;
	int r = 0;

	base = base_of(rule);
	if (!base)
		return -ENOMEM;
	if (is_literal(base))
		return cover_path(c, image, base);
	if (glob(rule->path, GLOB_NOSORT | GLOB_PERIOD, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
		r = cover_path(c, image, found.gl_pathv[i]);
	return r;
}

static int compare_binds(const void *a, const void *b)
{
	const struct attest_bind *x = a;
	const struct attest_bind *y = b;

	return strcmp(x->target, y->target);
}

/* Read-write paths on a read-only root, and read-only ones inside them. */
static int bind_rules(struct attest_container *c,
		      const struct attest_policy *policy, const char *workspace)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < policy->n_rules; i++) {
		const struct attest_rule *rule = &policy->rules[i];
		_cleanup_free_ char *base = NULL;
		_cleanup_free_ char *real = NULL;

		if (rule->access != ATTEST_PATH_READ_WRITE)
			continue;
		base = base_of(rule);
		if (!base)
			return -ENOMEM;
		if (!is_literal(base) || attest_container_is_own(base) ||
		    strcmp(base, "/") == 0 ||
		    (workspace && strcmp(base, workspace) == 0))
			continue;
		real = realpath(base, NULL);
		/* Through a link it is another path, with its own rule. */
		if (real && strcmp(real, base) == 0)
			r = add_bind(c, base, base, true);
	}
	return r;
}

/* May the policy's subject make something new in a directory? */
static bool is_writable(const struct attest_policy *policy,
			const struct attest_image_hdr *image, const char *path)
{
	char below[PATH_MAX + 8];
	struct attest_decision inside;
	int n;

	if (!policy->has_filesystem)
		return true;
	n = snprintf(below, sizeof(below), "%s/\001", path);
	if (n < 0 || (size_t)n >= sizeof(below))
		return false;
	attest_image_decide(image, below, (size_t)n, &inside);
	return inside.access & ATTEST_ACCESS_WRITE;
}

static int bind_workspace(struct attest_container *c,
			  const struct attest_policy *policy,
			  const struct attest_image_hdr *image,
			  const struct attest_container_options *o)
{
	_cleanup_free_ char *source = NULL;
	const char *target;
	int r;

	if (!o->workspace)
		return 0;
	source = realpath(o->workspace, NULL);
	if (!source)
		return -errno;
	target = o->workspace_target ?: source;
	r = add_bind(c, source, target, is_writable(policy, image, target));
	if (r < 0 || attest_container_is_own(target) ||
	    access(target, F_OK) == 0)
		return r;
	return attest_root_entries_read(c, target);
}

int attest_container_plan(const struct attest_policy *policy,
			  const struct attest_image_hdr *image,
			  const struct attest_container_options *options,
			  struct attest_container **ret)
{
	_cleanup_(attest_container_free) struct attest_container *c = NULL;
	int r;

	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->is_strict = options->strict;
	c->name = HOST_NAME;
	c->tmp_bytes = options->tmp_bytes ?: ATTEST_CONTAINER_TMP_BYTES;
	c->own_network = policy->has_network &&
			 policy->net_default == ATTEST_NETWORK_DISABLED &&
			 policy->n_net_rules == 0;
	c->root_writable = !policy->has_filesystem ||
			   policy->fs_default == ATTEST_PATH_READ_WRITE;
	r = bind_workspace(c, policy, image, options);
	if (r == 0 && policy->has_filesystem) {
		r = bind_rules(c, policy, options->workspace_target);
		for (size_t i = 0; r == 0 && i < policy->n_rules; i++)
			if (policy->rules[i].access == ATTEST_PATH_FORBIDDEN)
				r = cover_rule(c, image, &policy->rules[i]);
	}
	if (r < 0)
		return r;
	if (c->n_binds)
		qsort(c->binds, c->n_binds, sizeof(*c->binds), compare_binds);
	*ret = TAKE_PTR(c);
	return 0;
}

static bool is_covered(const struct attest_container *c, const char *path)
{
	for (size_t i = 0; i < c->n_covers; i++)
		if (strcmp(c->covers[i], path) == 0)
			return true;
	return false;
}

static enum attest_cover cover_fs_rule(const struct attest_container *c,
				       const struct attest_rule *rule,
				       const char **why)
{
	_cleanup_free_ char *base = NULL;

	if (rule->access != ATTEST_PATH_FORBIDDEN)
		return ATTEST_COVER_NONE;
	base = base_of(rule);
	if (base && is_literal(base) && is_covered(c, base))
		return ATTEST_COVER_FULL;
	*why = "what matches at the start is covered by a mount; what is "
	       "created later is not";
	return base && is_literal(base) ? ATTEST_COVER_NONE
					: ATTEST_COVER_PARTIAL;
}

static enum attest_cover cover(const void *data,
			       const struct attest_policy *policy,
			       enum attest_subject_kind subject,
			       enum attest_item_kind kind, size_t index,
			       char *reason, size_t size)
{
	const struct attest_namespace_state *state = data;
	enum attest_cover cover = ATTEST_COVER_NONE;
	const char *why = "";

	if (subject != ATTEST_SUBJECT_COMMAND || !state->container) {
		if (kind == ATTEST_ITEM_NET_DEFAULT)
			why = "isolation 'container' of a command that is "
			      "started would cut the network off";
	} else if (kind == ATTEST_ITEM_NET_DEFAULT) {
		if (state->container->own_network ||
		    policy->net_default == ATTEST_NETWORK_ENABLED)
			cover = ATTEST_COVER_FULL;
		else
			why = "a network of its own has no way out, and some "
			      "destinations are allowed; the BPF layer checks "
			      "them";
	} else if (kind == ATTEST_ITEM_FS_RULE) {
		cover = cover_fs_rule(state->container, &policy->rules[index],
				      &why);
	}
	(void)snprintf(reason, size, "%s", why);
	return cover;
}

const struct attest_layer_ops attest_namespace_layer = {
	.layer = ATTEST_LAYER_NAMESPACE,
	.name = "namespace",
	.cover = cover,
};
