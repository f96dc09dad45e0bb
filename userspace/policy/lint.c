// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "policy/image.h"
#include "policy/lint.h"
#include "policy/pattern.h"

void attest_findings_done(struct attest_findings *findings)
{
	for (size_t i = 0; i < findings->n_items; i++) {
		free(findings->items[i].file);
		free(findings->items[i].text);
	}
	free(findings->items);
	memset(findings, 0, sizeof(*findings));
}

int attest_findings_add(struct attest_findings *findings,
			const struct attest_rule *rule, const char *format, ...)
{
	struct attest_warning w = { .line = rule ? rule->line : 0 };
	struct attest_warning *grown;
	va_list args;
	int n;

	grown = reallocarray(findings->items, findings->n_items + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	findings->items = grown;
	if (rule && rule->file) {
		w.file = strdup(rule->file);
		if (!w.file)
			return -ENOMEM;
	}
	va_start(args, format);
	n = vasprintf(&w.text, format, args);
	va_end(args);
	if (n < 0) {
		free(w.file);
		return -ENOMEM;
	}
	grown[findings->n_items++] = w;
	return 0;
}

bool attest_lint_is_own(const struct attest_policy *policy,
			const struct attest_rule *rule)
{
	/* A document's own rules come first: if they have no file, nothing
	 * tells them from a level's.
	 */
	return rule->file || !policy->rules[0].file;
}

/** A walk over all paths that the automaton can tell apart. */
struct walk {
	const struct attest_image_state *states;
	const struct attest_image_cell *cells;
	bool *seen;	 /* by state and whether the last byte was '/' */
	uint32_t *queue; /* state * 2 + that */
	size_t n_queue;
	bool *wins; /* by rule of the image */
};

static void walk_done(struct walk *w)
{
	free(w->seen);
	free(w->queue);
	free(w->wins);
}

static void visit(struct walk *w, uint32_t state, bool after_slash)
{
	uint32_t place = state * 2 + after_slash;

	if (w->seen[place])
		return;
	w->seen[place] = true;
	w->queue[w->n_queue++] = place;
	if (!after_slash)
		w->wins[w->states[state].rule] = true;
}

/* Marks the rules that win for some path. */
static int find_winners(const struct attest_image_hdr *h, struct walk *w)
{
	const char *base = (const char *)h;

	w->states = (const void *)(base + h->states_off);
	w->cells = (const void *)(base + h->cells_off);
	w->seen = calloc(h->n_states * 2UL, sizeof(*w->seen));
	w->queue = calloc(h->n_states * 2UL, sizeof(*w->queue));
	w->wins = calloc(h->n_rules, sizeof(*w->wins));
	if (!w->seen || !w->queue || !w->wins)
		return -ENOMEM;
	visit(w, h->fs_start, false);
	for (size_t i = 0; i < w->n_queue; i++) {
		uint32_t s = w->queue[i] / 2;
		bool after_slash = w->queue[i] & 1;
		bool is_root = s == h->fs_start && i == 0;

		for (unsigned int byte = 1; byte < 256; byte++) {
			const struct attest_image_cell *c =
			    &w->cells[w->states[s].base + byte];

			/* No "//", and nothing but '/' after the root. */
			if (byte == '/' ? after_slash : is_root)
				continue;
			visit(w, c->owner == s ? c->next : w->states[s].deflt,
			      byte == '/');
		}
	}
	return 0;
}

/* A path that a pattern matches, its wildcards filled in. */
static char *example(const struct attest_rule *rule)
{
	_cleanup_(attest_pattern_done) struct attest_pattern p = { 0 };
	_cleanup_str_ struct attest_str s = { 0 };
	const char *error;

	if (attest_pattern_parse(rule->path, rule->recursive, &p, &error) < 0)
		return NULL;
	for (size_t i = 0; i < p.n_tokens; i++) {
		const struct attest_token *t = &p.tokens[i];
		unsigned int byte = 'x';

		if (t->kind == ATTEST_TOKEN_DIRECTORIES)
			continue;
		if (t->kind == ATTEST_TOKEN_BYTE)
			byte = t->byte;
		while (t->kind == ATTEST_TOKEN_SET &&
		       !attest_set_has(t->set, byte))
			byte = byte % 255 + 1;
		attest_str_putc(&s, (char)byte);
	}
	if (s.len == 0)
		attest_str_putc(&s, '/');
	return attest_str_take(&s);
}

static size_t find_twin(const struct attest_policy *p, size_t index)
{
	const struct attest_rule *rule = &p->rules[index];

	for (size_t i = 0; i < p->n_rules; i++)
		if (i != index && p->rules[i].recursive == rule->recursive &&
		    strcmp(p->rules[i].path, rule->path) == 0)
			return i;
	return SIZE_MAX;
}

static int explain_useless(const struct attest_policy *p,
			   const struct attest_image_hdr *image, size_t index,
			   struct attest_findings *findings)
{
	const struct attest_rule *rule = &p->rules[index];
	size_t twin = find_twin(p, index);
	_cleanup_free_ char *path = NULL;
	struct attest_decision d;

	if (twin != SIZE_MAX)
		return attest_findings_add(
		    findings, rule,
		    "rule %zu, '%s', never wins: rule %zu has the same path%s",
		    index + 1, rule->path, twin + 1,
		    p->rules[twin].priority > rule->priority
			? " and a higher priority"
			: "");
	path = example(rule);
	if (!path)
		return -ENOMEM;
	attest_image_decide(image, path, strlen(path), &d);
	if (d.rule == 0 || d.rule == index + 1)
		return attest_findings_add(
		    findings, rule,
		    "rule %zu, '%s', never wins: other rules cover all it "
		    "matches",
		    index + 1, rule->path);
	return attest_findings_add(
	    findings, rule,
	    "rule %zu, '%s', never wins: on '%s' it loses to rule %u, '%s' "
	    "(priority %d)",
	    index + 1, rule->path, path, d.rule, p->rules[d.rule - 1].path,
	    p->rules[d.rule - 1].priority);
}

static int lint_winners(const struct attest_policy *p,
			struct attest_findings *findings)
{
	_cleanup_(walk_done) struct walk w = { 0 };
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	struct attest_diag diag = { 0 };
	int r;

	r = attest_image_build(p, &image, &diag);
	if (r == -E2BIG)
		(void)attest_findings_add(findings, NULL, "%s", diag.text);
	r = r ?: find_winners(image, &w);
	for (size_t i = 0; r == 0 && i < p->n_rules; i++)
		if (!w.wins[i + 1] && attest_lint_is_own(p, &p->rules[i]))
			r = explain_useless(p, image, i, findings);
	return r;
}

/* Names longer than any can be. Also: are there wildcards inside the path? */
static int lint_pattern(const struct attest_rule *rule,
			struct attest_findings *findings, bool *ret_inside)
{
	_cleanup_(attest_pattern_done) struct attest_pattern pattern = { 0 };
	size_t name_len = 0;
	const char *error;
	int r;

	r = attest_pattern_parse(rule->path, rule->recursive, &pattern, &error);
	for (size_t i = 0; r == 0 && i < pattern.n_tokens; i++) {
		const struct attest_token *t = &pattern.tokens[i];
		bool is_byte = t->kind == ATTEST_TOKEN_BYTE;

		*ret_inside = *ret_inside || !is_byte;
		name_len = is_byte && t->byte != '/' ? name_len + 1 : 0;
		if (name_len == ATTEST_NAME_MAX + 1)
			r = attest_findings_add(
			    findings, rule,
			    "'%.40s...' matches nothing: a name has at most "
			    "%d bytes",
			    rule->path, ATTEST_NAME_MAX);
	}
	return r;
}

static int lint_patterns(const struct attest_policy *p,
			 struct attest_findings *findings)
{
	const struct attest_rule *first = NULL;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n_rules; i++) {
		const struct attest_rule *rule = &p->rules[i];
		bool inside = false;

		if (!attest_lint_is_own(p, rule))
			continue;
		r = lint_pattern(rule, findings, &inside);
		n += inside;
		first = inside && !first ? rule : first;
	}
	if (r < 0 || n == 0)
		return r;
	return attest_findings_add(
	    findings, first,
	    "%zu rule%s with wildcards inside the path ('%s'%s) need%s the BPF "
	    "layer: Landlock matches whole names only",
	    n, n == 1 ? "" : "s", first->path, n == 1 ? "" : " and others",
	    n == 1 ? "s" : "");
}

static int lint_rest(const struct attest_policy *p,
		     struct attest_findings *findings)
{
	int r = 0;

	if (p->has_network && p->net_default == ATTEST_NETWORK_ENABLED &&
	    p->n_net_rules)
		r = attest_findings_add(
		    findings, NULL,
		    "the network's 'allow' rules have no effect: its default "
		    "is enabled");
	if (r == 0 && !p->has_filesystem && !p->has_network && !p->seccomp)
		r = attest_findings_add(
		    findings, NULL,
		    "the policy confines nothing: it has no filesystem, "
		    "seccomp or network section");
	if (r == 0 && p->has_filesystem && p->max_file_bytes &&
	    p->max_disk_bytes && p->max_file_bytes > p->max_disk_bytes)
		r = attest_findings_add(
		    findings, NULL,
		    "max_file_size has no effect: max_disk_usage is smaller");
	return r;
}

int attest_lint_policy(const struct attest_policy *policy,
		       struct attest_findings *findings)
{
	int r;

	r = lint_winners(policy, findings);
	r = r ?: lint_patterns(policy, findings);
	return r ?: lint_rest(policy, findings);
}
