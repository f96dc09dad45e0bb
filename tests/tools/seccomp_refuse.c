// SPDX-License-Identifier: Apache-2.0
/**
 * Makes a known number of system calls that a filter acts on:
 *   seccomp_refuse CALL COUNT [children]
 * Eight threads make COUNT calls together; the second argument is the call's
 * number, from 0. With `children` each of COUNT children has eight threads, of
 * which one makes one call: for actions that end the thread or the process.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8

static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "getpriority", SYS_getpriority }, { "getpgid", SYS_getpgid },
	{ "getsid", SYS_getsid },	    { "times", SYS_times },
	{ "sysinfo", SYS_sysinfo },	    { "ustat", SYS_ustat },
};

static long number;
static unsigned long next, count;

/* A trapped call ends here. */
static void ignore(int signal)
{
	(void)signal;
}

/* Values that no decoder takes for an address. */
static void call(unsigned long i)
{
	(void)syscall(number, 1, i, 3, 4, 5, 6);
}

static void *call_many(void *unused)
{
	unsigned long i;

	(void)unused;
	while ((i = __atomic_fetch_add(&next, 1, __ATOMIC_SEQ_CST)) < count)
		call(i);

	return NULL;
}

static void *call_once(void *i)
{
	call((unsigned long)i);

	return NULL;
}

static void *wait_for_the_end(void *unused)
{
	(void)pause();

	return unused;
}

static void start(pthread_t *thread, void *(*body)(void *), void *data)
{
	if (pthread_create(thread, NULL, body, data) != 0) {
		(void)fprintf(stderr, "seccomp_refuse: no threads\n");
		_exit(2);
	}
}

static void in_threads(void)
{
	struct sigaction action = { .sa_handler = ignore,
				    .sa_flags = SA_RESTART };
	pthread_t threads[THREADS];

	(void)sigaction(SIGSYS, &action, NULL);
	for (int i = 0; i < THREADS; i++)
		start(&threads[i], call_many, NULL);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
}

static void child(unsigned long i)
{
	pthread_t thread, others;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int j = 1; j < THREADS; j++)
		start(&others, wait_for_the_end, NULL);
	start(&thread, call_once, (void *)i);
	(void)pthread_join(thread, NULL);
	_exit(0);
}

static void in_children(void)
{
	for (unsigned long i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			_exit(2);
		if (pid == 0)
			child(i);
		(void)waitpid(pid, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(argv[1], calls[i].name))
			number = calls[i].number;
	if (!number) {
		(void)fprintf(stderr, "usage: seccomp_refuse CALL COUNT "
				      "[children]\n");
		return 2;
	}
	count = strtoul(argv[2], NULL, 10);
	if (argc > 3)
		in_children();
	else
		in_threads();

	return 0;
}
