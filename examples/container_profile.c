/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the seccomp profile of a level for a container runtime:
 *
 *   ./container_profile maximum >maximum.json
 *   podman run --security-opt seccomp=maximum.json ...
 */
#include <attest/attest.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	const char *level = argc > 1 ? argv[1] : "standard";
	struct attest_seccomp_manager *manager = NULL;
	struct attest_error error;
	char *json = NULL;

	if (attest_seccomp_manager_new(&manager) < 0)
		return 1;
	if (attest_seccomp_manager_set_profile(manager, level, &error) < 0 ||
	    attest_seccomp_manager_generate_container_profile(
		manager, NULL, &json, &error) < 0) {
		fprintf(stderr, "%s\n", error.text);
		attest_seccomp_manager_free(&manager);
		return 1;
	}
	fputs(json, stdout);
	free(json);
	attest_seccomp_manager_free(&manager);

	return 0;
}
