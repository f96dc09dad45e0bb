// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a command under a seccomp profile:
 *   seccomp_exec [-x CALL] PROFILE|FILE COMMAND [ARGUMENT...]
 *   seccomp_exec -l PROFILE|FILE
 * -x takes one call out of every rule, -l lists the calls that rules name.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "policy/node.h"
#include "sandbox/seccomp.h"

static void take_out(struct attest_seccomp_profile *profile, const char *call)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		struct attest_scmp_rule *rule = &profile->rules[i];
		size_t kept = 0;

		for (size_t j = 0; j < rule->n_names; j++) {
			if (strcmp(rule->names[j], call) != 0)
				rule->names[kept++] = rule->names[j];
			else
				free(rule->names[j]);
		}
		rule->n_names = kept;
	}
	profile->builtin = false;
}

static int list(const struct attest_seccomp_profile *profile)
{
	for (size_t i = 0; i < profile->n_rules; i++)
		for (size_t j = 0; j < profile->rules[i].n_names; j++)
			(void)puts(profile->rules[i].names[j]);

	return fflush(stdout) == 0 ? 0 : 1;
}

static int load(const char *name, struct attest_seccomp_profile **ret)
{
	struct attest_diag diag = { 0 };
	struct attest_reader rd = { .diag = &diag };
	char text[600];
	int r;

	r = strchr(name, '/') ? attest_seccomp_load_file(&rd, name, ret)
			      : attest_seccomp_find(&rd, name, ret);
	if (r < 0)
		(void)fprintf(stderr, "%s:%d:%d: %s\n", diag.file, diag.line,
			      diag.column, diag.text);
	for (size_t i = 0; i < rd.n_warnings; i++) {
		(void)snprintf(text, sizeof(text), "%s", rd.warnings[i].text);
		(void)fprintf(stderr, "%s: %s\n", name, text);
	}
	attest_reader_done(&rd);

	return r;
}

int main(int argc, char **argv)
{
	_free_seccomp_ struct attest_seccomp_profile *profile = NULL;
	_cleanup_filter_ struct attest_seccomp_filter filter = { 0 };
	struct attest_diag diag = { 0 };
	const char *without = NULL;
	int i = 1;
	int r;

	if (argc == 3 && !strcmp(argv[1], "-l"))
		return load(argv[2], &profile) < 0 ? 2 : list(profile);
	if (argc > 3 && !strcmp(argv[1], "-x")) {
		without = argv[2];
		i = 3;
	}
	if (argc < i + 2) {
		(void)fprintf(stderr, "usage: seccomp_exec [-x CALL] "
				      "PROFILE COMMAND [ARGUMENT...]\n");
		return 2;
	}
	if (load(argv[i], &profile) < 0)
		return 2;
	if (without)
		take_out(profile, without);
	r = attest_seccomp_filter_get(profile, NULL, &filter, NULL, &diag);
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = attest_seccomp_install(&filter);
	if (r < 0) {
		(void)fprintf(stderr, "seccomp_exec: %s %s\n", strerror(-r),
			      diag.text);
		return 2;
	}
	(void)execvp(argv[i + 1], argv + i + 1);
	(void)fprintf(stderr, "seccomp_exec: %s: %s\n", argv[i + 1],
		      strerror(errno));

	return 127;
}
