// SPDX-License-Identifier: Apache-2.0
/**
 * The sinks of one process, for whoever shows their state.
 */
#include <stdlib.h>

#include "export/group.h"

struct attest_export_group {
	struct attest_export_sink *first;
};

struct attest_export_group *attest_export_group_new(void)
{
	return calloc(1, sizeof(struct attest_export_group));
}

void attest_export_group_free(struct attest_export_group **group)
{
	free(*group);
	*group = NULL;
}

void attest_export_group_add(struct attest_export_group *group,
			     struct attest_export_sink *sink)
{
	if (!group)
		return;
	sink->group = group;
	sink->next = group->first;
	group->first = sink;
}

void attest_export_group_remove(struct attest_export_sink *sink)
{
	struct attest_export_sink **p;

	if (!sink->group)
		return;
	for (p = &sink->group->first; *p; p = &(*p)->next) {
		if (*p == sink) {
			*p = sink->next;
			break;
		}
	}
	sink->group = NULL;
}

void attest_export_group_each(struct attest_export_group *group,
			      void (*visit)(const struct attest_export_status *,
					    void *),
			      void *data)
{
	struct attest_export_status status;

	if (!group)
		return;
	for (struct attest_export_sink *s = group->first; s; s = s->next) {
		(void)attest_export_get_status(&s->sink, &status);
		visit(&status, data);
	}
}
