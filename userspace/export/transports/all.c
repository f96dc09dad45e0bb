// SPDX-License-Identifier: Apache-2.0
/**
 * The transports of this build.
 */
#include "export/transport.h"

static const struct attest_transport *const transports[] = {
	&attest_transport_stdout,
	&attest_transport_file,
	NULL,
};

const struct attest_transport *const *attest_transport_all(void)
{
	return transports;
}
