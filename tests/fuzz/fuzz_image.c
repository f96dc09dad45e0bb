// SPDX-License-Identifier: Apache-2.0
/**
 * Images: a good one with some bytes changed is refused, or can be decided
 * on without reading past its end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/image.h"
#include "policy/policy.h"

static const char paths[] = "/a/b/x.exe /etc/hosts /\xff\x01/zz.bat";

static struct attest_image_hdr *good;

static void make_good(void)
{
	_free_policy_ struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };

	if (attest_policy_load(
		NULL,
		"{\"filesystem\": {\"default\": \"read-only\", \"rules\": ["
		"{\"path\": \"/a/*/x*\", \"access\": \"forbidden\"}],"
		"\"forbidden_extensions\": [\"exe\", \"bat\"]},"
		"\"network\": {\"default\": \"disabled\", \"allow\": ["
		"{\"to\": \"10.0.0.0/8\", \"port\": 443}]}}",
		&policy, &diag) < 0 ||
	    attest_image_build(policy, &good, &diag) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Three bytes are one change: where (two bytes, low part first) and what. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	struct attest_decision decision;
	size_t len;

	if (!good)
		make_good();
	len = good->bytes;
	if (size % 3 == 1)
		len = len > data[size - 1] ? len - data[size - 1] : 0;
	image = malloc(len + 1);
	if (!image)
		return 0;
	memcpy(image, good, len);
	for (size_t i = 0; i + 2 < size; i += 3) {
		size_t at = data[i] | (size_t)data[i + 1] << 8;

		if (at < len)
			((uint8_t *)image)[at] ^= data[i + 2];
	}
	if (!attest_image_is_valid(image, len))
		return 0;
	for (size_t i = 0; i < sizeof(paths); i++)
		attest_image_decide(image, paths + i, sizeof(paths) - 1 - i,
				    &decision);
	return 0;
}
