// SPDX-License-Identifier: Apache-2.0
/**
 * Run by the build: writes the built-in levels' filters as C.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/embedded.h"
#include "policy/node.h"
#include "sandbox/seccomp.h"

static int write_insns(const char *level, bool notify,
		       struct attest_seccomp_filter *filter)
{
	struct attest_seccomp_options options = { .notify = notify };
	_free_seccomp_ struct attest_seccomp_profile *profile = NULL;
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	char name[64];
	int r;

	r = attest_seccomp_load_builtin(&rd, level, &profile);
	attest_reader_done(&rd);
	if (r == 0)
		r = attest_seccomp_compile(profile, &options, filter, NULL,
					   &diag);
	if (r < 0) {
		(void)fprintf(stderr, "%s:%d:%d: %s\n", level, diag.line,
			      diag.column, diag.text);
		return r;
	}
	(void)snprintf(name, sizeof(name), "%s_%d", level, notify);
	(void)printf("static const struct sock_filter %s[] = {\n", name);
	for (unsigned int i = 0; i < filter->prog.len; i++)
		(void)printf(
		    "\t{ 0x%x, %u, %u, 0x%x },\n", filter->prog.filter[i].code,
		    filter->prog.filter[i].jt, filter->prog.filter[i].jf,
		    filter->prog.filter[i].k);
	(void)printf("};\n");

	return 0;
}

int main(void)
{
	_cleanup_str_ struct attest_str list = { 0 };

	(void)printf("#include \"sandbox/seccomp_builtin.h\"\n");
	for (const struct attest_embedded *e = attest_builtin_seccomp; e->name;
	     e++)
		for (int notify = 0; notify < 2; notify++) {
			_cleanup_filter_ struct attest_seccomp_filter f = { 0 };

			if (write_insns(e->name, notify, &f) < 0)
				return EXIT_FAILURE;
			attest_str_printf(
			    &list, "\t{ \"%s\", %s_%d, %u, %d, 0x%x },\n",
			    e->name, e->name, notify, f.prog.len, notify,
			    f.flags);
		}
	(void)printf("const struct attest_seccomp_builtin "
		     "attest_seccomp_builtins[] = {\n%s\t{ NULL, NULL, 0, 0, 0 "
		     "},\n};\n",
		     list.data ?: "");

	return fflush(stdout) == 0 && !list.error ? EXIT_SUCCESS : EXIT_FAILURE;
}
