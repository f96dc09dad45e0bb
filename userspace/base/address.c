// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <string.h>

#include "base/address.h"

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

bool attest_address_is_v4(const uint8_t addr[16])
{
	return memcmp(addr, mapped, sizeof(mapped)) == 0;
}

const char *attest_address_text(const uint8_t addr[16],
				char buffer[INET6_ADDRSTRLEN])
{
	bool is_v4 = attest_address_is_v4(addr);

	(void)inet_ntop(is_v4 ? AF_INET : AF_INET6,
			is_v4 ? addr + sizeof(mapped) : addr, buffer,
			INET6_ADDRSTRLEN);
	return buffer;
}

bool attest_address_parse(const char *text, uint8_t ret_addr[16])
{
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		memcpy(ret_addr, mapped, sizeof(mapped));
		memcpy(ret_addr + sizeof(mapped), &v4, sizeof(v4));
		return true;
	}
	return inet_pton(AF_INET6, text, ret_addr) == 1;
}
