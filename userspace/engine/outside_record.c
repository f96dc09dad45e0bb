// SPDX-License-Identifier: Apache-2.0
/**
 * What system calls came to, held against the policy from the outside: a call
 * failed, and the policy refuses its path, so Landlock refused it; or it was
 * done, and in enforce mode BPF would have refused it. The path of what was
 * opened is the kernel's. That of other calls is their argument, which the
 * program may have changed since; it describes, it decided nothing.
 */
#include <string.h>

#include "engine/enrich.h"
#include "event/decode.h"
#include "policy/image.h"

/* Appends the components of a path, following "." and ".." in the text. */
static size_t append(char *path, size_t len, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t start, m;

		while (i < n && text[i] == '/')
			i++;
		start = i;
		while (i < n && text[i] != '/')
			i++;
		m = i - start;
		if (m == 0 || (m == 1 && text[start] == '.'))
			continue;
		if (m == 2 && text[start] == '.' && text[start + 1] == '.') {
			while (len > 0 && path[--len] != '/')
				;
			continue;
		}
		path[len++] = '/';
		memcpy(path + len, text + start, m);
		len += m;
	}
	return len;
}

/* The path of the argument, followed in the text. */
static size_t follow(const struct attest_file_event *ev, char *path)
{
	const char *cwd = (const char *)(ev + 1);
	const char *arg = cwd + ev->path_len;
	size_t len = 0;

	if (arg[0] != '/')
		len = append(path, 0, cwd, ev->path_len);
	len = append(path, len, arg, ev->arg_len);
	if (len == 0)
		path[len++] = '/';
	return len;
}

static enum attest_violation
violation_of(const struct attest_file_event *ev,
	     const struct attest_decision *decision)
{
	const char *arg = (const char *)(ev + 1) + ev->path_len;

	if (attest_path_climbs(arg, ev->arg_len))
		return ATTEST_VIOLATION_PATH_TRAVERSAL;
	if (!(ev->access & ~decision->access))
		return ATTEST_VIOLATION_FORBIDDEN_EXTENSION;
	return ATTEST_VIOLATION_FORBIDDEN_PATH;
}

/* false: the policy has nothing against it. */
static bool judge(const struct attest_session *s,
		  const struct attest_file_event *ev, struct attest_record *rec)
{
	struct attest_decision decision;

	if (!s->image)
		return false;
	attest_image_decide(s->image, rec->path.data, rec->path.len, &decision);
	rec->rule = decision.rule;
	rec->has_rule = s->options->policy != NULL;
	if (!(ev->access & ~decision.access) && !decision.forbidden_extension)
		return false;
	rec->violation = violation_of(ev, &decision);
	return true;
}

static bool landlock_refused(const struct attest_session *s,
			     const struct attest_file_event *ev,
			     struct attest_record *rec)
{
	if (!s->confine.plan || !judge(s, ev, rec))
		return false;
	rec->layer = ATTEST_LAYER_LANDLOCK;
	rec->error = (int)ev->value;
	return true;
}

bool attest_outside_record(const struct attest_session *s, const void *event,
			   struct attest_record *rec,
			   struct attest_enriched *texts)
{
	const struct attest_file_event *ev = event;
	bool is_opened = ev->hdr.verdict == ATTEST_VERDICT_TRACE && ev->inode;

	if (!is_opened) {
		if (ev->arg_len == 0)
			return false;
		rec->path.len = follow(ev, texts->path);
		rec->path.data = texts->path;
		rec->path2.data = NULL;
		rec->path2.len = 0;
	}
	rec->limit = 0;
	rec->value = 0;
	rec->error = 0;
	if (ev->hdr.verdict != ATTEST_VERDICT_TRACE)
		return landlock_refused(s, ev, rec);
	/* Without a policy the image is empty, and refuses all. */
	if (!s->options->policy || !judge(s, ev, rec))
		return s->options->with_files;
	rec->verdict = ATTEST_VERDICT_AUDIT;
	return true;
}
