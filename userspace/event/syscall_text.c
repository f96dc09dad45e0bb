// SPDX-License-Identifier: Apache-2.0
#include "event/syscall_text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "event/syscall_flags.h"

void attest_quoted_put(struct attest_str *out, const char *data, size_t len)
{
	static const char plain[] = "\n\t\r\"\\";
	static const char *const escaped[] = { "\\n", "\\t", "\\r", "\\\"",
					       "\\\\" };

	attest_str_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		const char *p = data[i] ? strchr(plain, data[i]) : NULL;

		if (p)
			attest_str_puts(out, escaped[p - plain]);
		else if (isprint((unsigned char)data[i]))
			attest_str_putc(out, data[i]);
		else
			/* Three digits, so that a digit may follow. */
			attest_str_printf(out, "\\%03o",
					  (unsigned char)data[i]);
	}
	attest_str_putc(out, '"');
}

static void put_unix(struct attest_str *out, const struct sockaddr_un *un,
		     size_t len)
{
	attest_str_puts(out, "{sa_family=AF_UNIX, sun_path=");
	if (len && !un->sun_path[0]) {
		attest_str_putc(out, '@');
		attest_quoted_put(out, un->sun_path + 1, len - 1);
	} else {
		attest_quoted_put(out, un->sun_path,
				  strnlen(un->sun_path, len));
	}
	attest_str_putc(out, '}');
}

void attest_sockaddr_put(struct attest_str *out,
			 const struct sockaddr_storage *address, size_t len)
{
	char text[INET6_ADDRSTRLEN] = "";
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} u = { 0 };

	if (len > sizeof(u))
		len = sizeof(u);
	memcpy(&u, address, len);
	if (u.sa.sa_family == AF_INET) {
		(void)inet_ntop(AF_INET, &u.in.sin_addr, text, sizeof(text));
		attest_str_printf(out,
				  "{sa_family=AF_INET, sin_port=htons(%u), "
				  "sin_addr=inet_addr(\"%s\")}",
				  ntohs(u.in.sin_port), text);
	} else if (u.sa.sa_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &u.in6.sin6_addr, text, sizeof(text));
		attest_str_printf(out,
				  "{sa_family=AF_INET6, sin6_port=htons(%u), "
				  "inet_pton(AF_INET6, \"%s\")}",
				  ntohs(u.in6.sin6_port), text);
	} else if (u.sa.sa_family == AF_UNIX) {
		put_unix(out, &u.un, len - sizeof(sa_family_t));
	} else {
		attest_str_puts(out, "{sa_family=");
		attest_value_put(out, 'D', u.sa.sa_family);
		attest_str_putc(out, '}');
	}
}
