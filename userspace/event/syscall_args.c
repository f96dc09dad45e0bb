// SPDX-License-Identifier: Apache-2.0
/**
 * Arguments in strace's conventions. One letter for each in syscall_table.c:
 *   d u l x p z i U m  numbers: int, unsigned, long, hexadecimal, address,
 *                      size, process, user, mode
 *   f F s B A V        descriptor, directory descriptor, path, bytes (their
 *                      length is the next argument), socket address, strings
 *   k                  protocol, after domain and type
 *   3                  what fcntl's command takes
 *   others             words, see syscall_flags.c
 */
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "event/syscall.h"
#include "event/syscall_flags.h"
#include "event/syscall_text.h"

#define STRING_LEN 32 /* bytes of a buffer that are shown, as by strace */
#define PATH_LEN 4096
#define VECTOR_LEN 16

struct arg {
	struct attest_str *out;
	const struct attest_syscall_source *source;
	const uint64_t *args;
	int i;
};

static void put_address(struct attest_str *out, uint64_t address)
{
	if (address)
		attest_str_printf(out, "0x%" PRIx64, address);
	else
		attest_str_puts(out, "NULL");
}

static long read_at(const struct arg *a, uint64_t address, void *buffer,
		    size_t len)
{
	if (!a->source || !a->source->read || !address)
		return -1;

	return a->source->read(a->source->data, address, buffer, len);
}

static void put_string(const struct arg *a, uint64_t address, size_t max)
{
	char buffer[PATH_LEN];
	long n = read_at(a, address, buffer,
			 max < sizeof(buffer) ? max : sizeof(buffer));
	const char *end;

	if (n <= 0) {
		put_address(a->out, address);
		return;
	}
	end = memchr(buffer, 0, n);
	attest_quoted_put(a->out, buffer,
			  end ? (size_t)(end - buffer) : (size_t)n);
	if (!end)
		attest_str_puts(a->out, "...");
}

static void put_bytes(const struct arg *a)
{
	uint64_t len = a->i < 5 ? a->args[a->i + 1] : 0;
	char buffer[STRING_LEN];
	long n = -1;

	if (len)
		n = read_at(a, a->args[a->i], buffer,
			    len < STRING_LEN ? len : STRING_LEN);
	if (n <= 0) {
		put_address(a->out, a->args[a->i]);
		return;
	}
	attest_quoted_put(a->out, buffer, n);
	if ((uint64_t)n < len)
		attest_str_puts(a->out, "...");
}

static void put_vector(const struct arg *a)
{
	uint64_t pointer, at = a->args[a->i];

	if (read_at(a, at, &pointer, sizeof(pointer)) !=
	    (long)sizeof(pointer)) {
		put_address(a->out, at);
		return;
	}
	attest_str_putc(a->out, '[');
	for (int i = 0; pointer; i++) {
		attest_str_puts(a->out, i ? ", " : "");
		if (i == VECTOR_LEN) {
			attest_str_puts(a->out, "...");
			break;
		}
		put_string(a, pointer, STRING_LEN);
		at += sizeof(pointer);
		if (read_at(a, at, &pointer, sizeof(pointer)) !=
		    (long)sizeof(pointer))
			break;
	}
	attest_str_putc(a->out, ']');
}

static void put_sockaddr(const struct arg *a)
{
	uint64_t len = a->i < 5 ? a->args[a->i + 1] : 0;
	struct sockaddr_storage address = { 0 };
	long n = -1;

	if (len >= sizeof(sa_family_t))
		n = read_at(a, a->args[a->i], &address,
			    len < sizeof(address) ? len : sizeof(address));
	if (n < (long)sizeof(sa_family_t))
		put_address(a->out, a->args[a->i]);
	else
		attest_sockaddr_put(a->out, &address, n);
}

static void put_fd(const struct arg *a, int fd, bool is_directory)
{
	char name[PATH_LEN];
	long n;

	if (is_directory && fd == AT_FDCWD)
		attest_str_puts(a->out, "AT_FDCWD");
	else
		attest_str_printf(a->out, "%d", fd);
	if ((fd < 0 && !is_directory) || !a->source || !a->source->fd_name)
		return;
	n = a->source->fd_name(a->source->data, fd, name, sizeof(name));
	if (n <= 0)
		return;
	attest_str_putc(a->out, '<');
	attest_str_append(a->out, name, n);
	attest_str_putc(a->out, '>');
}

static void put_open_flags(struct attest_str *out, uint64_t value)
{
	uint64_t mode = value & O_ACCMODE;

	if (!mode) {
		attest_str_puts(out, "O_RDONLY");
		if (value)
			attest_str_putc(out, '|');
	} else {
		attest_str_puts(out, mode == O_WRONLY ? "O_WRONLY"
				     : mode == O_RDWR ? "O_RDWR"
						      : "O_ACCMODE");
		if (value != mode)
			attest_str_putc(out, '|');
	}
	value &= ~(uint64_t)O_ACCMODE;
	/* Both share bits with O_DIRECTORY and O_DSYNC. */
	if ((value & O_TMPFILE) == O_TMPFILE) {
		attest_str_puts(out, "O_TMPFILE");
		value &= ~(uint64_t)O_TMPFILE;
		if (value)
			attest_str_putc(out, '|');
	}
	if ((value & O_SYNC) == O_SYNC) {
		attest_str_puts(out, "O_SYNC");
		value &= ~(uint64_t)O_SYNC;
		if (value)
			attest_str_putc(out, '|');
	}
	if (value)
		attest_flags_put(out, 'o', value);
}

static void put_sock_type(struct attest_str *out, uint64_t value)
{
	attest_value_put(out, 'T', value & 0xf);
	if (value & SOCK_CLOEXEC)
		attest_str_puts(out, "|SOCK_CLOEXEC");
	if (value & SOCK_NONBLOCK)
		attest_str_puts(out, "|SOCK_NONBLOCK");
}

/* clone's lowest byte is a signal. */
static void put_clone(struct attest_str *out, uint64_t value)
{
	if (value & ~0xffULL)
		attest_flags_put(out, 'c', value & ~0xffULL);
	if (value & ~0xffULL && value & 0xff)
		attest_str_putc(out, '|');
	if (value & 0xff || !value)
		attest_value_put(out, 'S', value & 0xff);
}

static void put_protocol(const struct arg *a, uint64_t value)
{
	uint64_t domain = a->args[0];

	if ((domain == AF_INET || domain == AF_INET6) && value == IPPROTO_TCP)
		attest_str_puts(a->out, "IPPROTO_TCP");
	else if ((domain == AF_INET || domain == AF_INET6) &&
		 value == IPPROTO_UDP)
		attest_str_puts(a->out, "IPPROTO_UDP");
	else if ((domain == AF_INET || domain == AF_INET6) && !value)
		attest_str_puts(a->out, "IPPROTO_IP");
	else
		attest_str_printf(a->out, "%d", (int)value);
}

static void put_fcntl(const struct arg *a, uint64_t value)
{
	switch (a->args[1]) {
	case F_SETFD:
		if (value == FD_CLOEXEC)
			attest_str_puts(a->out, "FD_CLOEXEC");
		else
			attest_str_printf(a->out, "%#" PRIx64, value);
		break;
	case F_SETFL:
		put_open_flags(a->out, (uint32_t)value);
		break;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		put_address(a->out, value);
		break;
	default:
		attest_str_printf(a->out, "%d", (int)value);
		break;
	}
}

static void put_word(const struct arg *a, char letter, uint64_t value)
{
	if (letter == '3')
		put_fcntl(a, value);
	else if (letter == 'o')
		put_open_flags(a->out, (uint32_t)value);
	else if (letter == 'T')
		put_sock_type(a->out, value);
	else if (letter == 'c')
		put_clone(a->out, value);
	else if (letter == 'k')
		put_protocol(a, value);
	else if (attest_flags_has(letter))
		attest_flags_put(a->out, letter, value);
	else if (attest_value_has(letter))
		attest_value_put(a->out, letter, value);
	else
		attest_str_printf(a->out, "%#" PRIx64, value);
}

/* Is it a letter of a plain number? Then it is written. */
static bool put_number(struct attest_str *out, char letter, uint64_t value)
{
	switch (letter) {
	case 'd':
	case 'i':
		attest_str_printf(out, "%d", (int)value);
		return true;
	case 'U':
		attest_str_printf(out, (int)value == -1 ? "%d" : "%u",
				  (unsigned int)value);
		return true;
	case 'u':
	case 'z':
		attest_str_printf(out, "%" PRIu64, value);
		return true;
	case 'l':
		attest_str_printf(out, "%" PRId64, (int64_t)value);
		return true;
	case 'm':
		attest_str_printf(out, "%#03o", (unsigned int)value);
		return true;
	case 'p':
		put_address(out, value);
		return true;
	default:
		return false;
	}
}

static void put_arg(const struct arg *a, char letter)
{
	uint64_t value = a->args[a->i];

	switch (letter) {
	case 'f':
	case 'F':
		put_fd(a, (int)value, letter == 'F');
		break;
	case 's':
		put_string(a, value, PATH_LEN);
		break;
	case 'B':
		put_bytes(a);
		break;
	case 'A':
		put_sockaddr(a);
		break;
	case 'V':
		put_vector(a);
		break;
	default:
		if (!put_number(a->out, letter, value))
			put_word(a, letter, value);
		break;
	}
}

static bool has_value(uint64_t command)
{
	return command != F_GETFD && command != F_GETFL &&
	       command != F_GETOWN && command != F_GETSIG &&
	       command != F_GETLEASE && command != F_GETPIPE_SZ &&
	       command != F_GET_SEALS;
}

/* open's mode is there only if it can make a file, fcntl's value only if its
 * command takes one.
 */
static size_t n_args(const char *letters, const uint64_t *args)
{
	size_t n = strlen(letters);

	if (n > 1 && !strcmp(letters + n - 2, "om") &&
	    !(args[n - 2] & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))))
		n--;
	if (n == 3 && letters[2] == '3' && !has_value(args[1]))
		n--;

	return n;
}

void attest_syscall_put_args(struct attest_str *out, int number,
			     const uint64_t args[6],
			     const struct attest_syscall_source *source)
{
	const char *letters =
	    attest_syscall_name(number) ? attest_syscalls[number].args : NULL;
	struct arg a = { out, source, args, 0 };
	size_t n = letters ? n_args(letters, args) : 6;

	for (; a.i < (int)n; a.i++) {
		if (a.i)
			attest_str_puts(out, ", ");
		put_arg(&a, letters ? letters[a.i] : 'x');
	}
}
