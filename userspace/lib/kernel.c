// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <attest/attest.h>

#include "base/cleanup.h"
#include "engine/engine.h"
#include "export/export.h"

struct doctor {
	attest_doctor_callback fn;
	void *data;
};

static void tell(const struct attest_doctor_line *line, void *ctx)
{
	const struct doctor *doctor = ctx;
	const struct attest_finding_kernel finding = {
		.topic = line->topic,
		.is_good = line->is_good,
		.text = line->text,
	};

	doctor->fn(&finding, doctor->data);
}

int attest_doctor(attest_doctor_callback fn, void *data)
{
	struct doctor doctor = { .fn = fn, .data = data };
	enum attest_rung rung = attest_engine_doctor(tell, &doctor);

	return rung == ATTEST_RUNG_LSM || rung == ATTEST_RUNG_FMOD_RET;
}

int attest_export_help(char **ret_text)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return -errno;
	attest_export_list(f);
	if (fclose(f) != 0)
		return -ENOMEM;
	*ret_text = TAKE_PTR(text);
	return 0;
}
