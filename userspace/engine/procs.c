// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/procs.h"

/* Direct-mapped: an entry that is pushed out is looked up again. */
#define SLOTS 4096

struct entry {
	uint64_t key; /* pid or cgroup id; 0: free */
	char *text;
};

struct attest_procs {
	struct entry exes[SLOTS];
	struct entry cgroups[SLOTS];
	bool is_used; /* else the tables' pages need not be looked at */
};

struct attest_procs *attest_procs_new(void)
{
	return calloc(1, sizeof(struct attest_procs));
}

void attest_procs_free(struct attest_procs **procs)
{
	struct attest_procs *p = *procs;

	*procs = NULL;
	for (size_t i = 0; p && p->is_used && i < SLOTS; i++) {
		free(p->exes[i].text);
		free(p->cgroups[i].text);
	}
	free(p);
}

static struct entry *slot_of(struct entry *table, uint64_t key)
{
	return &table[(key * 0x9e3779b97f4a7c15ULL) >> 52];
}

/* Takes text over. */
static void put(struct attest_procs *procs, struct entry *table, uint64_t key,
		char *text)
{
	struct entry *e = slot_of(table, key);

	procs->is_used = true;
	free(e->text);
	e->key = text ? key : 0;
	e->text = text;
}

static const char *get(struct entry *table, uint64_t key)
{
	struct entry *e = slot_of(table, key);

	return e->key == key ? e->text : NULL;
}

void attest_procs_update(struct attest_procs *procs,
			 const struct attest_process_event *event)
{
	const char *exe;

	switch (event->hdr.hook) {
	case ATTEST_HOOK_PROCESS_EXEC:
		if (event->path_len)
			put(procs, procs->exes, event->hdr.tgid,
			    strndup((const char *)(event + 1),
				    event->path_len));
		break;
	case ATTEST_HOOK_PROCESS_FORK:
		exe = get(procs->exes, event->hdr.tgid);
		put(procs, procs->exes, event->child_tgid,
		    exe ? strdup(exe) : NULL);
		break;
	}
}

static struct attest_bytes bytes_of(const char *text)
{
	struct attest_bytes bytes = { text, text ? strlen(text) : 0 };

	return bytes;
}

struct attest_bytes attest_procs_exe(struct attest_procs *procs, uint32_t pid)
{
	const char *known = get(procs->exes, pid);
	char target[PATH_MAX];
	char link[64];
	ssize_t n;

	if (known)
		return bytes_of(known);
	(void)snprintf(link, sizeof(link), "/proc/%u/exe", pid);
	n = readlink(link, target, sizeof(target));
	if (n > 0)
		put(procs, procs->exes, pid, strndup(target, (size_t)n));
	return bytes_of(get(procs->exes, pid));
}

struct attest_bytes attest_procs_cgroup(struct attest_procs *procs,
					uint64_t cgroup_id, uint32_t pid)
{
	_cleanup_free_ char *text = NULL;
	char path[64];
	char *line, *end;

	if (get(procs->cgroups, cgroup_id))
		return bytes_of(get(procs->cgroups, cgroup_id));
	(void)snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	if (attest_read_file(path, 64 << 10, &text, NULL) < 0)
		return bytes_of(NULL);
	line = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	if (!line)
		return bytes_of(NULL);
	line += *line == '\n' ? 4 : 3;
	end = strchr(line, '\n');
	put(procs, procs->cgroups, cgroup_id,
	    strndup(line, end ? (size_t)(end - line) : strlen(line)));
	return bytes_of(get(procs->cgroups, cgroup_id));
}
