// SPDX-License-Identifier: Apache-2.0
/**
 * The allow list of destinations: allowed works, refused gives EPERM and one
 * record with address and port, and no other way out is open.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confine.h"
#include "kt.h"

#define YES 7001
#define NO 7002
#define POLICY(mode)                                                           \
	"version: 1\n"                                                         \
	"name: net\n"                                                          \
	"mode: " mode "\n"                                                     \
	"network:\n"                                                           \
	"  default: disabled\n"                                                \
	"  allow:\n"                                                           \
	"    - { protocol: tcp, to: 10.9.0.0/16 }\n"                           \
	"    - { protocol: any, to: 127.0.0.0/30, port: 7001 }\n"

struct tries {
	int tcp_yes, udp_yes, unix_yes, port_zero;
	int connect, udp, fast_open, mapped, unspec, mmsg, bind, listen, cidr;
	int raw, packet, sctp, passed;
	int done;
};

static int code(long r)
{
	return r < 0 ? errno : 0;
}

static struct sockaddr_in to(const char *address, int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };

	(void)inet_pton(AF_INET, address, &sa.sin_addr);
	return sa;
}

static int open_socket(int family, int type, int protocol, int *ret_error)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	*ret_error = code(fd);
	return fd;
}

static int try_connect(int type, const char *address, int port)
{
	struct sockaddr_in sa = to(address, port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int r = code(connect(fd, (struct sockaddr *)&sa, sizeof(sa)));

	(void)close(fd);
	return r;
}

static int try_send(int type, int family, int port, int flags)
{
	struct sockaddr_in sa = to("127.0.0.1", port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int r;

	sa.sin_family = (sa_family_t)family;
	r = code(sendto(fd, "x", 1, flags, (struct sockaddr *)&sa, sizeof(sa)));
	(void)close(fd);
	return r;
}

static int try_mapped(void)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6,
				   .sin6_port = htons(NO) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	(void)inet_pton(AF_INET6, "::ffff:127.0.0.1", &sa.sin6_addr);
	r = code(connect(fd, (struct sockaddr *)&sa, sizeof(sa)));
	(void)close(fd);
	return r;
}

static int try_mmsg(void)
{
	struct sockaddr_in sa = to("127.0.0.1", NO);
	struct iovec iov = { .iov_base = (void *)"x", .iov_len = 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &sa,
					  .msg_namelen = sizeof(sa),
					  .msg_iov = &iov,
					  .msg_iovlen = 1 } };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = code(sendmmsg(fd, &m, 1, 0));

	(void)close(fd);
	return r;
}

static int try_bind(int port)
{
	struct sockaddr_in sa = to("127.0.0.1", port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = code(bind(fd, (struct sockaddr *)&sa, sizeof(sa)));

	(void)close(fd);
	return r;
}

static int try_listen(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = code(listen(fd, 1));

	(void)close(fd);
	return r;
}

static int passed_fd = -1;

static void attack(void *shared)
{
	struct tries *t = shared;

	t->tcp_yes = try_connect(SOCK_STREAM, "127.0.0.1", YES);
	t->udp_yes = try_send(SOCK_DGRAM, AF_INET, YES, 0);
	(void)open_socket(AF_UNIX, SOCK_STREAM, 0, &t->unix_yes);
	t->port_zero = try_bind(0);
	t->connect = try_connect(SOCK_STREAM, "127.0.0.1", NO);
	t->udp = try_send(SOCK_DGRAM, AF_INET, NO, 0);
	t->fast_open = try_send(SOCK_STREAM, AF_INET, NO, MSG_FASTOPEN);
	t->mapped = try_mapped();
	t->unspec = try_send(SOCK_DGRAM, AF_UNSPEC, NO, 0);
	t->mmsg = try_mmsg();
	t->bind = try_bind(NO);
	t->listen = try_listen();
	t->cidr = try_connect(SOCK_STREAM, "127.0.0.4", YES);
	(void)open_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP, &t->raw);
	(void)open_socket(AF_PACKET, SOCK_RAW, 0, &t->packet);
	(void)open_socket(AF_INET, SOCK_STREAM, 132, &t->sctp);
	t->passed = code(write(passed_fd, "x", 1));
	t->done = 1;
}

static int serve(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct sockaddr_in sa = to("127.0.0.1", YES);
	int on = 1;
	int fd =
	    (int)kt_expect_ok(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	kt_expect_ok(ioctl(fd, SIOCSIFFLAGS, &ifr));
	kt_expect_ok(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	kt_expect_ok(bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
	kt_expect_ok(listen(fd, 8));
	sa = to("127.0.0.1", NO);
	passed_fd = (int)kt_expect_ok(socket(AF_INET, SOCK_DGRAM, 0));
	kt_expect_ok(connect(passed_fd, (struct sockaddr *)&sa, sizeof(sa)));
	return fd;
}

static bool enforces(const struct confine_result *r, const struct tries *t)
{
	if (confine_expected_rung() <= ATTEST_RUNG_FMOD_RET) {
		if (r->error < 0)
			kt_fail("%s", r->message);
		kt_check_int(t->done, 1);
		return true;
	}
	kt_check_int(r->error, -EOPNOTSUPP);
	kt_check_int(t->done, 0);
	return false;
}

static void no_way_out_but_the_list(void)
{
	static const uint8_t loopback[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1
	};
	struct tries *t = confine_shared(sizeof(*t));
	struct confine_result r;
	const int *refused = &t->connect;

	(void)serve();
	confine_pid(POLICY("enforce"), attack, t, true, &r);
	if (!enforces(&r, t))
		return;
	kt_check_int(t->tcp_yes, 0);
	kt_check_int(t->udp_yes, 0);
	kt_check_int(t->unix_yes, 0);
	kt_check_int(t->port_zero, 0);
	for (int i = 0; i < 13; i++)
		if (refused[i] != EPERM)
			kt_fail("attack %d: errno %d", i, refused[i]);
	kt_check_int(r.n_records, 13);
	kt_check_int(r.n_lost, 0);
	kt_check_int(r.records[0].kind, ATTEST_KIND_NETWORK);
	kt_check_int(r.records[0].violation, ATTEST_VIOLATION_NETWORK_DENIED);
	kt_check_int(r.records[0].verdict, ATTEST_VERDICT_DENY);
	kt_check_int(r.records[0].hook, ATTEST_HOOK_SOCKET_CONNECT);
	kt_check_int(r.records[0].port, NO);
	kt_check_int(r.records[0].family, AF_INET);
	kt_check_int(r.records[0].protocol, IPPROTO_TCP);
	kt_check_int(r.records[0].pid, r.pid);
	kt_check(memcmp(r.records[0].addr, loopback, 16) == 0);
	/* Detached: what was refused is free again. */
	kt_check_int(try_connect(SOCK_DGRAM, "127.0.0.1", NO), 0);
}

static void a_cgroup_is_kept_to_the_list(void)
{
	struct tries *t = confine_shared(sizeof(*t));
	struct confine_result r;

	(void)serve();
	confine_cgroup(POLICY("enforce"), attack, t, &r);
	if (!enforces(&r, t))
		return;
	kt_check_int(t->tcp_yes, 0);
	kt_check_int(t->connect, EPERM);
	kt_check_int(t->udp, EPERM);
}

static void audit_lists_and_allows(void)
{
	struct tries *t = confine_shared(sizeof(*t));
	struct confine_result r;

	(void)serve();
	confine_pid(POLICY("audit"), attack, t, true, &r);
	if (!enforces(&r, t))
		return;
	kt_check_int(t->connect, ECONNREFUSED);
	kt_check_int(t->udp, 0);
	kt_check(r.n_records >= 2);
	kt_check_int(r.records[0].verdict, ATTEST_VERDICT_AUDIT);
	kt_check_int(r.records[0].port, NO);
}

static const struct kt_test tests[] = {
	KT_TEST(no_way_out_but_the_list),
	KT_TEST(a_cgroup_is_kept_to_the_list),
	KT_TEST(audit_lists_and_allows),
};

KT_MAIN(tests)
