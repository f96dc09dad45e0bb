// SPDX-License-Identifier: Apache-2.0
/**
 * Arguments of an export URL that are sizes, durations and numbers.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "export/url.h"

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

int attest_url_duration(const struct attest_url *url, const char *name,
			uint64_t fallback_ns, uint64_t *ret_ns,
			struct attest_diag *reterr_diag)
{
	const char *text = attest_url_arg(url, name);

	*ret_ns = fallback_ns;
	if (!text || attest_duration_parse(text, ret_ns) == 0)
		return 0;
	return attest_export_fail(reterr_diag, -EINVAL,
				  "'%s=' is a number and ms, s, m, h or d",
				  name);
}

int attest_url_bytes(const struct attest_url *url, const char *name,
		     uint64_t fallback, uint64_t *ret_bytes,
		     struct attest_diag *reterr_diag)
{
	static const struct unit units[] = {
		{ "", 1 },
		{ "K", 1ULL << 10 },
		{ "M", 1ULL << 20 },
		{ "G", 1ULL << 30 },
	};
	const char *text = attest_url_arg(url, name);

	*ret_bytes = fallback;
	if (!text || with_unit(text, units, ARRAY_SIZE(units), ret_bytes) == 0)
		return 0;
	return attest_export_fail(reterr_diag, -EINVAL,
				  "'%s=' is a number of bytes, with K, M or G "
				  "if you like",
				  name);
}

int attest_url_number(const struct attest_url *url, const char *name,
		      uint64_t fallback, uint64_t max, uint64_t *ret_value,
		      struct attest_diag *reterr_diag)
{
	static const struct unit units[] = { { "", 1 } };
	const char *text = attest_url_arg(url, name);

	*ret_value = fallback;
	if (!text ||
	    (with_unit(text, units, 1, ret_value) == 0 && *ret_value <= max))
		return 0;
	return attest_export_fail(reterr_diag, -EINVAL,
				  "'%s=' is a number up to %llu", name,
				  (unsigned long long)max);
}
