// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/log.h"
#include "engine/network.h"
#include "policy/image.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define RESOLV_CONF_MAX (64U << 10)

/* The addresses behind `nameserver`; what is behind a '%' is a scope. */
static size_t read_resolv_conf(uint8_t ret[][16])
{
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	size_t n = 0;

	if (attest_read_file(RESOLV_CONF, RESOLV_CONF_MAX, &text, NULL) < 0)
		return 0;
	for (char *line = strtok_r(text, "\n", &save);
	     line && n < ATTEST_RESOLVERS_MAX;
	     line = strtok_r(NULL, "\n", &save)) {
		char address[64];

		if (sscanf(line, " nameserver %63s", address) != 1)
			continue;
		address[strcspn(address, "%")] = '\0';
		n += attest_address_parse(address, ret[n]);
	}
	return n;
}

int attest_session_resolvers(struct attest_session *s)
{
	const struct attest_policy *policy = s->options->policy;
	uint8_t addrs[ATTEST_RESOLVERS_MAX][16];
	size_t n = policy->n_resolvers;

	if (!(s->image->flags & ATTEST_IMAGE_HAS_HOSTS))
		return 0;
	memcpy(addrs, policy->resolvers, sizeof(addrs));
	if (n == 0)
		n = read_resolv_conf(addrs);
	if (n == 0)
		return attest_session_fail(
		    s, -EINVAL,
		    "the policy has host names, and " RESOLV_CONF
		    " names no resolver: write network.resolvers");
	return attest_image_set_resolvers(s->image, (const void *)addrs, n);
}

static bool needs_group(const struct attest_session *s)
{
	const struct attest_image_hdr *image = s->image;

	if (!s->kern || s->subject == ATTEST_SUBJECT_PID)
		return false;
	if (!image || image->mode == ATTEST_MODE_AUDIT ||
	    (image->flags & ATTEST_IMAGE_HAS_HOSTS))
		return true;
	return s->bpf_state.rung == ATTEST_RUNG_TRACE &&
	       (image->flags & ATTEST_IMAGE_NET_DENY);
}

/* Could a command of root write to the files of cgroups? */
static bool may_write_cgroups(const struct attest_session *s)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	bool may = false;

	if (!f)
		return true;
	while ((entry = getmntent(f))) {
		struct attest_decision d;
		char path[512];

		if (strcmp(entry->mnt_type, "cgroup2"))
			continue;
		(void)snprintf(path, sizeof(path), "%.400s/cgroup.procs",
			       entry->mnt_dir);
		attest_image_decide(s->image, path, strlen(path), &d);
		may |= d.access & ATTEST_ACCESS_WRITE;
	}
	(void)endmntent(f);
	return may;
}

void attest_session_network_probe(struct attest_session *s)
{
	_cleanup_(attest_cgroup_done) struct attest_cgroup cgroup =
	    ATTEST_CGROUP_NONE;
	const struct attest_cgroup_limits none = { 0 };
	struct attest_kern_state *state = &s->bpf_state;
	int r;

	state->group_reason = s->group_reason;
	if (!needs_group(s))
		return;
	r = attest_cgroup_make(&none, &cgroup, s->group_reason,
			       sizeof(s->group_reason));
	if (r == 0 && state->rung == ATTEST_RUNG_TRACE)
		r = attest_kern_group_canary(s->kern, cgroup.fd,
					     s->group_reason,
					     sizeof(s->group_reason));
	state->has_group = r == 0;
	state->may_leave_group =
	    s->image && s->options->isolation == ATTEST_ISOLATE_PROCESS &&
	    may_write_cgroups(s);
}

/* Inode number of a network namespace, 0 if it cannot be told. */
static uint32_t netns_of(pid_t pid)
{
	char path[64] = "/proc/self/ns/net";
	struct stat st;

	if (pid)
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return stat(path, &st) < 0 ? 0 : (uint32_t)st.st_ino;
}

int attest_session_network_confine(struct attest_session *s, int cgroup_fd,
				   pid_t pid)
{
	int r;

	if (!s->bpf_state.has_group)
		return 0;
	r = attest_kern_group_confine(s->kern, cgroup_fd, &s->slot,
				      netns_of(pid));
	return r < 0 ? attest_session_fail(s, r,
					   "cannot put the cgroup under the "
					   "network policy: %s",
					   strerror(-r))
		     : 0;
}

static int add_destination(const struct attest_dest_key *key, uint64_t count,
			   void *ctx)
{
	struct attest_session *s = ctx;
	struct attest_report_destinations *d = &s->result->destinations;
	struct attest_report_destination *items;
	const char *name = attest_host_names_find(s->host_names, key->addr);

	items = reallocarray(d->items, d->n + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	d->items = items;
	items[d->n] = (struct attest_report_destination){
		.port = key->port,
		.protocol = key->protocol,
		.is_listed = key->is_listed,
		.count = count,
		.name = name ? strdup(name) : NULL,
	};
	memcpy(items[d->n++].addr, key->addr, sizeof(key->addr));
	return 0;
}

void attest_session_destinations(struct attest_session *s)
{
	if (!s->has_slot || s->image->mode != ATTEST_MODE_AUDIT)
		return;
	attest_report_destinations_done(&s->result->destinations);
	if (attest_kern_destinations(s->kern, &s->slot, add_destination, s) < 0)
		log_warning("the list of destinations is not complete: out of "
			    "memory");
	attest_report_destinations_tidy(&s->result->destinations);
}
