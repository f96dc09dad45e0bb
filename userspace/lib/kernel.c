// SPDX-License-Identifier: Apache-2.0
#include <attest/attest.h>

#include "engine/engine.h"

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
