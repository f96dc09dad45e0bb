// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kt.h"
#include "uring.h"

#define ENTRIES 4
#define RING_BYTES 4096

static void *map(int fd, off_t what)
{
	void *p = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       what);

	return p == MAP_FAILED ? NULL : p;
}

int uring_open(struct uring *ring, unsigned int setup_flags)
{
	memset(ring, 0, sizeof(*ring));
	ring->setup_flags = setup_flags;
	ring->params.flags = setup_flags;
	ring->params.sq_thread_idle = 100;
	ring->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &ring->params);
	if (ring->fd < 0)
		return -1;
	ring->sq = map(ring->fd, IORING_OFF_SQ_RING);
	ring->cq = map(ring->fd, IORING_OFF_CQ_RING);
	ring->sqes = map(ring->fd, IORING_OFF_SQES);
	return ring->sq && ring->cq && ring->sqes ? 0 : -1;
}

void uring_close(struct uring *ring)
{
	if (ring->sq)
		(void)munmap(ring->sq, RING_BYTES);
	if (ring->cq)
		(void)munmap(ring->cq, RING_BYTES);
	if (ring->sqes)
		(void)munmap(ring->sqes, RING_BYTES);
	if (ring->fd >= 0)
		(void)close(ring->fd);
}

int uring_do(struct uring *ring, const struct io_uring_sqe *sqe)
{
	unsigned int at = ring->n_done % ENTRIES;
	const struct io_uring_cqe *cqe;
	unsigned int cq_at, *cq_tail;

	ring->sqes[at] = *sqe;
	((unsigned int *)(ring->sq + ring->params.sq_off.array))[at] = at;
	__atomic_store_n((unsigned int *)(ring->sq + ring->params.sq_off.tail),
			 ring->n_done + 1, __ATOMIC_SEQ_CST);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1,
		    IORING_ENTER_GETEVENTS |
			(ring->setup_flags & IORING_SETUP_SQPOLL
			     ? IORING_ENTER_SQ_WAKEUP
			     : 0),
		    NULL, 0) != 1)
		return 1;
	cq_tail = (unsigned int *)(ring->cq + ring->params.cq_off.tail);
	for (int i = 0; i < 1000; i++) {
		if (__atomic_load_n(cq_tail, __ATOMIC_ACQUIRE) > ring->n_done)
			break;
		kt_sleep_ms(5);
	}
	if (__atomic_load_n(cq_tail, __ATOMIC_ACQUIRE) <= ring->n_done)
		return 1;
	cq_at = ring->n_done++ % ring->params.cq_entries;
	cqe =
	    (const struct io_uring_cqe *)(ring->cq + ring->params.cq_off.cqes) +
	    cq_at;
	__atomic_store_n((unsigned int *)(ring->cq + ring->params.cq_off.head),
			 ring->n_done, __ATOMIC_RELEASE);
	return cqe->res;
}

int uring_every_way(const struct io_uring_sqe *sqe, void (*undo)(void))
{
	static const struct {
		unsigned int setup;
		unsigned char flags;
	} ways[] = { { 0, 0 }, { 0, IOSQE_ASYNC }, { IORING_SETUP_SQPOLL, 0 } };
	int last = 255;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct io_uring_sqe one = *sqe;
		struct uring ring;
		int r;

		if (uring_open(&ring, ways[i].setup) < 0)
			return 255;
		one.flags |= ways[i].flags;
		r = uring_do(&ring, &one);
		uring_close(&ring);
		if (undo)
			undo();
		if (r > 0)
			return 255;
		if (r == 0)
			return 0;
		last = -r;
	}
	return last;
}
