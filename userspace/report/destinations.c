// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "report/destinations.h"

void attest_report_destinations_done(struct attest_report_destinations *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->items[i].name);
	free(d->items);
	*d = (struct attest_report_destinations){ 0 };
}

static int compare_names(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

static int compare(const void *a, const void *b)
{
	const struct attest_report_destination *one = a, *two = b;
	int r = compare_names(one->name, two->name);

	r = r ?: one->protocol - two->protocol;
	r = r ?: one->port - two->port;
	r = r ?: (int)two->is_listed - (int)one->is_listed;
	return r ?: memcmp(one->addr, two->addr, sizeof(one->addr));
}

void attest_report_destinations_tidy(struct attest_report_destinations *d)
{
	size_t n = 0;

	if (d->n)
		qsort(d->items, d->n, sizeof(*d->items), compare);
	for (size_t i = 0; i < d->n; i++) {
		struct attest_report_destination *at = &d->items[i];
		struct attest_report_destination *last =
		    n ? &d->items[n - 1] : NULL;

		if (last && at->name && last->name &&
		    strcmp(at->name, last->name) == 0 &&
		    at->protocol == last->protocol && at->port == last->port &&
		    at->is_listed == last->is_listed) {
			last->count += at->count;
			free(at->name);
			continue;
		}
		d->items[n++] = *at;
	}
	d->n = n;
}

const char *
attest_report_destination_protocol(const struct attest_report_destination *d)
{
	return d->protocol == IPPROTO_TCP ? "tcp" : "udp";
}

void attest_report_allow_list(const struct attest_report_destinations *d,
			      struct attest_str *out)
{
	char address[INET6_ADDRSTRLEN];

	if (d->n == 0)
		return;
	attest_str_puts(out, "network:\n  default: disabled\n  allow:\n");
	for (size_t i = 0; i < d->n; i++) {
		const struct attest_report_destination *at = &d->items[i];

		(void)attest_address_text(at->addr, address);
		/* In quotes: an address of IPv6 is no plain word of YAML. */
		attest_str_printf(
		    out, "    - { protocol: %s, %s: \"%s\", port: %u }",
		    attest_report_destination_protocol(at),
		    at->name ? "host" : "to", at->name ? at->name : address,
		    at->port);
		attest_str_printf(out, " # %" PRIu64 " time%s%s%s%s\n",
				  at->count, at->count == 1 ? "" : "s",
				  at->name ? ", " : "", at->name ? address : "",
				  at->is_listed ? "" : ", not allowed so far");
	}
}
