// SPDX-License-Identifier: Apache-2.0
/**
 * From the skeleton to attached programs.
 */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <attest/subject.h>

#include <attest.skel.h>

#include "base/cleanup.h"
#include "kern/internal.h"

const char *attest_rung_name(enum attest_rung rung)
{
	static const char *const names[] = {
		[ATTEST_RUNG_LSM] = "lsm",
		[ATTEST_RUNG_FMOD_RET] = "fmod_ret",
		[ATTEST_RUNG_TRACE] = "trace",
		[ATTEST_RUNG_NONE] = "none",
	};

	return names[rung];
}

static int fail(int r, char *reason, size_t size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int fail(int r, char *reason, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(reason, size, format, args);
	va_end(args);
	return r;
}

/* The last lines libbpf said, for the reason; it is called from one thread. */
static char last_said[512];

static int listen_to_libbpf(enum libbpf_print_level level, const char *format,
			    va_list args)
{
	if (level == LIBBPF_WARN && last_said[0] == '\0') {
		(void)vsnprintf(last_said, sizeof(last_said), format, args);
		last_said[strcspn(last_said, "\n")] = '\0';
	}
	return 0;
}

/* `lsm/x` as a modifier of security_x, or as an observer where x returns
 * nothing. Some functions have another name than their hook.
 */
static int make_fmod_ret(struct bpf_program *program, const char *hook)
{
	bool is_void = strcmp(hook, "inode_free_security") == 0;
	char function[64];
	int r;

	if (is_void)
		hook = "inode_free";
	else if (strcmp(hook, "userns_create") == 0)
		hook = "create_user_ns";
	(void)snprintf(function, sizeof(function), "security_%s", hook);
	r = bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
	r = r
		?: bpf_program__set_expected_attach_type(
		       program, is_void ? BPF_TRACE_FENTRY : BPF_MODIFY_RETURN);
	return r ?: bpf_program__set_attach_target(program, 0, function);
}

static bool is_of_calls(const struct bpf_program *program)
{
	return strncmp(bpf_program__name(program), "attest_call_", 12) == 0;
}

static void set_calls(struct attest_kern *kern,
		      const struct attest_kern_calls *calls)
{
	kern->with_calls = calls;
	if (!calls)
		return;
	memcpy((void *)kern->skeleton->rodata->attest_calls_wanted,
	       calls->wanted, sizeof(calls->wanted));
	kern->skeleton->rodata->attest_calls_result = calls->result;
}

/* Which programs this rung has, and in which form. */
static int choose(struct attest_kern *kern)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		const char *section = bpf_program__section_name(program);
		bool is_lsm = strncmp(section, "lsm/", 4) == 0;
		bool is_fn = strncmp(section, "fmod_ret/", 9) == 0;
		bool is_fentry = strncmp(section, "fentry/", 7) == 0 ||
				 strncmp(section, "fexit/", 6) == 0;
		int r = 0;

		if (!attest_kern_has_program(kern,
					     bpf_program__name(program)) ||
		    !attest_network_has(kern, section))
			r = bpf_program__set_autoload(program, false);
		else if (is_of_calls(program))
			r = bpf_program__set_autoload(program,
						      kern->with_calls);
		else if (kern->rung != ATTEST_RUNG_TRACE &&
			 strcmp(section, "tp_btf/sys_exit") == 0)
			r = bpf_program__set_autoload(program, false);
		else if (kern->rung == ATTEST_RUNG_TRACE &&
			 (is_lsm || is_fn || is_fentry))
			r = bpf_program__set_autoload(program, false);
		else if (kern->rung == ATTEST_RUNG_LSM && is_fn)
			r = bpf_program__set_autoload(program, false);
		else if (kern->rung == ATTEST_RUNG_FMOD_RET && is_lsm &&
			 strcmp(section, "lsm/mmap_file") == 0)
			r = bpf_program__set_autoload(program, false);
		else if (kern->rung == ATTEST_RUNG_FMOD_RET && is_lsm)
			r = make_fmod_ret(program, section + 4);
		if (r < 0) {
			(void)snprintf(last_said, sizeof(last_said),
				       "program '%s' does not fit",
				       bpf_program__name(program));
			return r;
		}
	}
	return 0;
}

/* An inner map stands in until the first policy comes. */
static int load(struct attest_kern *kern)
{
	_cleanup_close_ int inner = -1;
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_INNER_MAP);
	int r;

	inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "attest_image",
			       sizeof(__u32), ATTEST_PAGE_BYTES, 1, &options);
	if (inner < 0)
		return -errno;
	r = bpf_map__set_inner_map_fd(kern->skeleton->maps.attest_images,
				      inner);
	if (r < 0)
		return r;
	return attest_bpf__load(kern->skeleton);
}

static int attach(struct attest_kern *kern, char *reason, size_t size)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, kern->skeleton->obj)
	{
		struct bpf_link *link;

		if (!bpf_program__autoload(program) ||
		    program == kern->skeleton->progs.attest_tcp_state ||
		    attest_kern_is_demanded(bpf_program__name(program)) ||
		    attest_limit_owns(program) || attest_network_owns(program))
			continue;
		link = bpf_program__attach(program);
		if (!link)
			return fail(-errno, reason, size,
				    "cannot attach program '%s': %s",
				    bpf_program__name(program),
				    strerror(errno));
		if (program == kern->skeleton->progs.attest_scan_tasks) {
			kern->scan_link = link;
			continue;
		}
		assert(kern->n_links < ATTEST_LINKS_MAX);
		kern->links[kern->n_links++] = link;
	}
	return 0;
}

static int take_record(void *ctx, void *data, size_t len)
{
	struct attest_kern *kern = ctx;

	return kern->fn ? kern->fn(data, len, kern->ctx) : 0;
}

static int take_maps(struct attest_kern *kern)
{
	const struct attest_bpf *s = kern->skeleton;

	kern->images_fd = bpf_map__fd(s->maps.attest_images);
	kern->subjects_fd = bpf_map__fd(s->maps.attest_subjects);
	kern->cgroups_fd = bpf_map__fd(s->maps.attest_cgroups);
	kern->counts_fd = bpf_map__fd(s->maps.attest_counts);
	kern->usage_fd = bpf_map__fd(s->maps.attest_usage);
	kern->stats_fd = bpf_map__fd(s->maps.attest_stats);
	kern->seqs_fd = bpf_map__fd(s->maps.attest_seqs);
	kern->events_fd = bpf_map__fd(s->maps.attest_events);
	kern->settings = &s->data->attest_settings;
	kern->scan = &s->bss->attest_scan;
	kern->ring = ring_buffer__new(kern->events_fd, take_record, kern, NULL);
	return kern->ring ? 0 : -errno;
}

static int refuse_early(const struct attest_probe *probe, enum attest_rung rung,
			char *reason, size_t size)
{
	char buffer[256];
	const char *obstacle =
	    attest_probe_obstacle(probe, buffer, sizeof(buffer));

	if (obstacle)
		return fail(-ENOTSUP, reason, size, "%s", obstacle);
	if (rung == ATTEST_RUNG_LSM && !probe->has_lsm)
		return fail(-ENOTSUP, reason, size,
			    "`bpf` is not in the kernel's LSM list (%s), where "
			    "lsm programs attach but refuse nothing: boot with "
			    "lsm=%s,bpf",
			    probe->lsm_list[0] ? probe->lsm_list : "unreadable",
			    probe->lsm_list[0] ? probe->lsm_list
					       : "(the list there is now)");
	if (rung == ATTEST_RUNG_FMOD_RET && attest_probe_may_skip(probe))
		return fail(-ENOTSUP, reason, size,
			    "the kernel's preemption model is %s, under which "
			    "fmod_ret programs can be made to be skipped: boot "
			    "with preempt=voluntary, or with `bpf` in lsm=",
			    attest_preempt_name(probe->preempt));
	return 0;
}

/* Our mount namespace; 0, which none has, if /proc does not say. */
static __u32 mount_ns(void)
{
	struct stat st;

	return stat("/proc/self/ns/mnt", &st) < 0 ? 0 : (__u32)st.st_ino;
}

static void set_constants(struct attest_kern *kern)
{
	struct attest_locks locks = { 0 };

	/* Observers decide nothing, so they need no cache. */
	if (kern->rung != ATTEST_RUNG_TRACE)
		attest_probe_locks(&locks);
	kern->skeleton->rodata->attest_rename_lock = locks.rename_lock;
	kern->skeleton->rodata->attest_mount_lock = locks.mount_lock;
	kern->skeleton->rodata->attest_keeper = (__u32)getpid();
	kern->skeleton->rodata->attest_mount_ns = mount_ns();
}

int attest_kern_open(const struct attest_probe *probe, enum attest_rung rung,
		     const struct attest_image_hdr *image,
		     const struct attest_kern_calls *calls,
		     struct attest_kern **ret, char *reason, size_t size)
{
	_close_kern_ struct attest_kern *kern = NULL;
	int r;

	r = refuse_early(probe, rung, reason, size);
	if (r < 0)
		return r;
	kern = calloc(1, sizeof(*kern));
	if (!kern)
		return -ENOMEM;
	kern->rung = rung;
	kern->version = probe->version;
	last_said[0] = '\0';
	(void)libbpf_set_print(listen_to_libbpf);
	kern->skeleton = attest_bpf__open();
	if (!kern->skeleton)
		return fail(-errno, reason, size, "cannot read the programs");
	attest_network_choose(kern, image);
	set_constants(kern);
	set_calls(kern, calls);
	r = choose(kern);
	r = r ?: attest_limit_choose(kern, image);
	r = r ?: load(kern);
	if (r < 0)
		return fail(r, reason, size,
			    "the kernel does not take the programs: %s%s%s",
			    strerror(-r), last_said[0] ? "; " : "", last_said);
	r = attach(kern, reason, size);
	if (r < 0)
		return r;
	r = take_maps(kern);
	if (r < 0)
		return fail(r, reason, size, "cannot map the ring: %s",
			    strerror(-r));
	*ret = TAKE_PTR(kern);
	return 0;
}

int attest_kern_watch_connections(struct attest_kern *kern)
{
	struct bpf_link *link;

	link = bpf_program__attach(kern->skeleton->progs.attest_tcp_state);
	if (!link)
		return -errno;
	if (kern->n_links == ATTEST_LINKS_MAX) {
		(void)bpf_link__destroy(link);
		return -ENOSPC;
	}
	kern->links[kern->n_links++] = link;
	return 0;
}

void attest_kern_close(struct attest_kern **kern)
{
	struct attest_kern *k = *kern;

	*kern = NULL;
	if (!k)
		return;
	ring_buffer__free(k->ring);
	attest_limit_detach(k);
	attest_kern_group_release(k);
	for (size_t i = 0; i < k->n_links; i++)
		(void)bpf_link__destroy(k->links[i]);
	for (size_t i = 0; i < ATTEST_DEMANDS_MAX; i++)
		(void)bpf_link__destroy(k->demanded[i]);
	(void)bpf_link__destroy(k->scan_link);
	attest_bpf__destroy(k->skeleton);
	free(k);
}

enum attest_rung attest_kern_rung(const struct attest_kern *kern)
{
	return kern->rung;
}
