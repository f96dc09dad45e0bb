// SPDX-License-Identifier: Apache-2.0
/**
 * The canary of a cgroup's programs: a child in a cgroup of its own connects
 * where it may not, and must be refused and recorded.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kern/internal.h"
#include "policy/image.h"

#define DISCARD 9 /* the port of the discard service; nobody is asked */

struct canary {
	struct attest_slot slot;
	int n_records;
};

static int load_policy(struct attest_kern *kern, struct attest_slot *ret)
{
	_cleanup_free_ struct attest_image_hdr *image = NULL;
	struct attest_net_rule other = {
		.protocols = ATTEST_NET_TCP,
		.addr = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 },
		.prefix_len = 128,
		.port_min = DISCARD + 1,
		.port_max = DISCARD + 1,
	};
	struct attest_policy policy = {
		.mode = ATTEST_MODE_ENFORCE,
		.has_network = true,
		.net_default = ATTEST_NETWORK_DISABLED,
		.net_rules = &other,
		.n_net_rules = 1,
	};
	struct attest_diag diag;
	int r;

	r = attest_image_build(&policy, &image, &diag);
	return r ?: attest_kern_policy_add(kern, image, ret);
}

/* The child's exit status: the errno of what it tried, 0 if it was allowed. */
static void try_connect(int cgroup_fd)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(DISCARD),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = openat(cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(EIO);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		_exit(EIO);
	_exit(connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? errno : 0);
}

static int count_record(const void *data, size_t len, void *ctx)
{
	const struct attest_event_hdr *hdr = data;
	struct canary *c = ctx;

	if (len >= sizeof(*hdr) && hdr->kind == ATTEST_EVENT_NET &&
	    hdr->slot == c->slot.slot && hdr->generation == c->slot.generation)
		c->n_records++;
	return 0;
}

static int try_in_child(struct attest_kern *kern, struct canary *c,
			int cgroup_fd, char *reason, size_t size)
{
	int status = 0;
	pid_t pid;
	int r;

	r = attest_kern_group_confine(kern, cgroup_fd, &c->slot, 0);
	pid = r < 0 ? -1 : fork();
	if (pid == 0)
		try_connect(cgroup_fd);
	if (pid < 0) {
		r = r < 0 ? r : -errno;
		(void)snprintf(reason, size,
			       "programs cannot be attached to a cgroup: %s",
			       strerror(-r));
		return r;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	r = attest_kern_poll(kern, 0, count_record, c);
	if (r < 0)
		return r;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EPERM &&
	    c->n_records == 1)
		return 0;
	(void)snprintf(reason, size,
		       "the canary's connection gave '%s' and %d records, not "
		       "a refusal and one",
		       strerror(WEXITSTATUS(status)), c->n_records);
	return -EIO;
}

int attest_kern_group_canary(struct attest_kern *kern, int cgroup_fd,
			     char *reason, size_t size)
{
	struct canary c = { 0 };
	int r;

	r = load_policy(kern, &c.slot);
	if (r < 0) {
		(void)snprintf(reason, size, "the canary could not run: %s",
			       strerror(-r));
		return r;
	}
	r = try_in_child(kern, &c, cgroup_fd, reason, size);
	attest_kern_group_release(kern);
	(void)attest_kern_policy_remove(kern, &c.slot);
	return r;
}
