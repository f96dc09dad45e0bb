// SPDX-License-Identifier: Apache-2.0
/**
 * Refusals by Landlock, seen from the outside: a call failed, and the policy
 * refuses its path. The path is that of the argument, which the program may
 * have changed since; it describes, it decided nothing.
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

bool attest_landlock_record(const struct attest_session *s, const void *event,
			    struct attest_record *rec,
			    struct attest_enriched *texts)
{
	const struct attest_file_event *ev = event;
	const char *cwd = (const char *)(ev + 1);
	const char *arg = cwd + ev->path_len;
	struct attest_decision decision;
	size_t len = 0;

	if (!s->confine.plan || !s->image || ev->arg_len == 0)
		return false;
	if (arg[0] != '/')
		len = append(texts->path, 0, cwd, ev->path_len);
	len = append(texts->path, len, arg, ev->arg_len);
	if (len == 0)
		texts->path[len++] = '/';
	attest_image_decide(s->image, texts->path, len, &decision);
	if (!(ev->access & ~decision.access) && !decision.forbidden_extension)
		return false;
	rec->path.data = texts->path;
	rec->path.len = len;
	rec->path2.data = NULL;
	rec->path2.len = 0;
	rec->rule = decision.rule;
	rec->layer = ATTEST_LAYER_LANDLOCK;
	rec->error = (int)ev->value;
	rec->limit = 0;
	rec->value = 0;
	rec->violation = attest_path_climbs(arg, ev->arg_len)
			     ? ATTEST_VIOLATION_PATH_TRAVERSAL
			     : ATTEST_VIOLATION_FORBIDDEN_PATH;
	return true;
}
