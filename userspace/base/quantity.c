// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/quantity.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static int with_unit(const char *text, const struct unit *units, size_t n,
		     uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		if (value > UINT64_MAX / units[i].factor)
			return -EINVAL;
		*ret = value * units[i].factor;
		return 0;
	}
	return -EINVAL;
}

int attest_duration_parse(const char *text, uint64_t *ret_ns)
{
	static const struct unit units[] = {
		{ "ms", 1000000ULL },		{ "s", 1000000000ULL },
		{ "m", 60 * 1000000000ULL },	{ "h", 3600 * 1000000000ULL },
		{ "d", 86400 * 1000000000ULL },
	};

	return with_unit(text, units, ARRAY_SIZE(units), ret_ns);
}

int attest_bytes_parse(const char *text, uint64_t *ret_bytes)
{
	static const struct unit units[] = {
		{ "", 1 },
		{ "K", 1ULL << 10 },
		{ "M", 1ULL << 20 },
		{ "G", 1ULL << 30 },
	};

	return with_unit(text, units, ARRAY_SIZE(units), ret_bytes);
}

int attest_number_parse(const char *text, uint64_t *ret_value)
{
	static const struct unit units[] = { { "", 1 } };

	return with_unit(text, units, ARRAY_SIZE(units), ret_value);
}
