// SPDX-License-Identifier: Apache-2.0
/**
 * Arguments of an export URL that are sizes, durations and numbers.
 */
#include <errno.h>

#include "base/quantity.h"
#include "export/url.h"

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
	const char *text = attest_url_arg(url, name);

	*ret_bytes = fallback;
	if (!text || attest_bytes_parse(text, ret_bytes) == 0)
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
	const char *text = attest_url_arg(url, name);

	*ret_value = fallback;
	if (!text ||
	    (attest_number_parse(text, ret_value) == 0 && *ret_value <= max))
		return 0;
	return attest_export_fail(reterr_diag, -EINVAL,
				  "'%s=' is a number up to %llu", name,
				  (unsigned long long)max);
}
