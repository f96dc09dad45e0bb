// SPDX-License-Identifier: Apache-2.0
/**
 * Any bytes as a seccomp profile: either one error that leaves the output
 * alone, or a profile that survives being written and read again, and that
 * libseccomp takes or refuses.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/node.h"
#include "sandbox/seccomp.h"

#define COMPILED_MAX 2000 /* bytes: libseccomp is slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert() may be compiled out. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

static int read_text(const char *text, size_t len,
		     struct attest_seccomp_profile **ret)
{
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	struct attest_node *root = NULL;
	const struct attest_node *section;
	int r;

	r = attest_node_parse(&rd, text, len, &root);
	if (r == 0) {
		section = attest_node_get(root, "seccomp");
		r = attest_seccomp_read(&rd, section ?: root, "fuzz",
					ATTEST_SECCOMP_AUTO, ret);
	}
	must(r == 0 || *diag.text);
	attest_node_free(&root);
	attest_reader_done(&rd);

	return r;
}

static void write_and_read(const struct attest_seccomp_profile *profile,
			   enum attest_seccomp_format format, bool is_lossless)
{
	_cleanup_str_ struct attest_str out = { 0 }, notes = { 0 };
	_cleanup_free_ char *before = attest_seccomp_to_json(profile);
	_free_seccomp_ struct attest_seccomp_profile *again = NULL;
	_cleanup_free_ char *after = NULL;
	int r;

	r = attest_seccomp_write(profile, format, NULL, &out, &notes);
	must(r == 0);
	if (format == ATTEST_SECCOMP_TABLE || out.len > ATTEST_DOCUMENT_MAX)
		return;
	r = read_text(out.data, out.len, &again);
	must(r == 0);
	after = attest_seccomp_to_json(again);
	must(before && after);
	must(!is_lossless || strcmp(before, after) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct attest_seccomp_profile *untouched = (void *)1;
	struct attest_seccomp_profile *profile = untouched;
	struct attest_seccomp_filter filter = { 0 };
	struct attest_diag diag = { 0 };

	if (read_text((const char *)data, size, &profile) < 0) {
		must(profile == untouched);
		return 0;
	}
	write_and_read(profile, ATTEST_SECCOMP_DOCKER, true);
	write_and_read(profile, ATTEST_SECCOMP_POLICY, true);
	write_and_read(profile, ATTEST_SECCOMP_OCI, false);
	write_and_read(profile, ATTEST_SECCOMP_SPEC, false);
	write_and_read(profile, ATTEST_SECCOMP_TABLE, false);
	if (size < COMPILED_MAX &&
	    attest_seccomp_compile(profile, NULL, &filter, NULL, &diag) == 0)
		attest_seccomp_filter_done(&filter);
	attest_seccomp_free(&profile);

	return 0;
}
