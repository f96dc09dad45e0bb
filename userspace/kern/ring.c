// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kern/internal.h"

int attest_kern_poll(struct attest_kern *kern, int timeout_ms,
		     attest_kern_event_fn fn, void *ctx)
{
	int n, m;

	kern->fn = fn;
	kern->ctx = ctx;
	n = ring_buffer__poll(kern->ring, timeout_ms);
	if (n == -EINTR)
		n = 0;
	/* Records below the wake-up threshold are there as well. */
	m = n < 0 ? 0 : ring_buffer__consume(kern->ring);
	kern->fn = NULL;
	if (n < 0)
		return n;
	return m < 0 ? m : n + m;
}

int attest_kern_poll_fd(const struct attest_kern *kern)
{
	return ring_buffer__epoll_fd(kern->ring);
}

static int sum(int fd, uint32_t key, unsigned int n_cpus, uint64_t *values)
{
	memset(values, 0, n_cpus * sizeof(*values));
	return bpf_map_lookup_elem(fd, &key, values) < 0 ? -errno : 0;
}

static uint64_t misses_of(const struct attest_kern *kern)
{
	uint64_t total = 0;

	for (size_t i = 0; i < kern->n_links; i++) {
		struct bpf_link_info link = { 0 };
		struct bpf_prog_info prog = { 0 };
		__u32 size = sizeof(link);
		_cleanup_close_ int fd = -1;

		if (bpf_obj_get_info_by_fd(bpf_link__fd(kern->links[i]), &link,
					   &size) < 0)
			continue;
		fd = bpf_prog_get_fd_by_id(link.prog_id);
		size = sizeof(prog);
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &prog, &size) == 0)
			total += prog.recursion_misses;
	}
	return total;
}

int attest_kern_stats(struct attest_kern *kern, struct attest_kern_stats *ret)
{
	_cleanup_free_ uint64_t *values = NULL;
	int n = libbpf_num_possible_cpus();
	int r;

	if (n < 0)
		return n;
	memset(ret, 0, sizeof(*ret));
	values = calloc((size_t)n, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (uint32_t i = 0; i < ATTEST_STAT_END; i++) {
		r = sum(kern->stats_fd, i, (unsigned int)n, values);
		if (r < 0)
			return r;
		for (int c = 0; c < n; c++)
			ret->values[i] += values[c];
	}
	r = sum(kern->seqs_fd, 0, (unsigned int)n, values);
	if (r < 0)
		return r;
	ret->n_cpus = (unsigned int)n < ARRAY_SIZE(ret->seqs)
			  ? (unsigned int)n
			  : ARRAY_SIZE(ret->seqs);
	memcpy(ret->seqs, values, ret->n_cpus * sizeof(*values));
	ret->recursion_misses = misses_of(kern);
	return 0;
}
