// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/bundle.h"
#include "container/profile.h"
#include "container/profile_json.h"
#include "policy/seccomp_text.h"

/* Docker's and podman's lists: host state that /proc and /sys would leak. */
static const char *const masked[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/sys/firmware",
	"/sys/devices/virtual/powercap",
	NULL,
};
static const char *const read_only[] = {
	"/proc/bus",	       "/proc/fs", "/proc/irq", "/proc/sys",
	"/proc/sysrq-trigger", NULL,
};

static const struct {
	const char *target, *type, *source;
	const char *options[8];
} mounts[] = {
	{ "/proc", "proc", "proc", { "nosuid", "noexec", "nodev" } },
	{ "/dev",
	  "tmpfs",
	  "tmpfs",
	  { "nosuid", "noexec", "strictatime", "mode=755", "size=1m" } },
	{ "/dev/pts",
	  "devpts",
	  "devpts",
	  { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" } },
	{ "/dev/shm",
	  "tmpfs",
	  "shm",
	  { "nosuid", "noexec", "nodev", "mode=1777", "size=64m" } },
	{ "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" } },
	{ "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
	{ "/tmp",
	  "tmpfs",
	  "tmpfs",
	  { "nosuid", "noexec", "nodev", "mode=1777", "size=100m" } },
};

static json_t *strings(const char *const *list)
{
	json_t *array = json_array();

	for (; array && list && *list; list++) {
		if (json_array_append_new(array, json_string(*list)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *make_mounts(const struct attest_runtime_options *o)
{
	json_t *array = json_array();
	const char *const bind[] = { "bind", "nosuid", "nodev",
				     o->workspace_read_only ? "ro" : "rw",
				     NULL };

	for (size_t i = 0; array && i < ARRAY_SIZE(mounts); i++)
		(void)json_array_append_new(
		    array, json_pack("{s:s, s:s, s:s, s:o}", "destination",
				     mounts[i].target, "type", mounts[i].type,
				     "source", mounts[i].source, "options",
				     strings(mounts[i].options)));
	if (array && o->workspace)
		(void)json_array_append_new(
		    array, json_pack("{s:s, s:s, s:s, s:o}", "destination",
				     o->workspace_target ? o->workspace_target
							 : "/workspace",
				     "type", "bind", "source", o->workspace,
				     "options", strings(bind)));
	return array;
}

static json_t *make_env(const struct attest_runtime_options *o)
{
	json_t *env = strings(o->env);

	for (const char *const *e = o->env; e && *e; e++) {
		if (strncmp(*e, "PATH=", 5) == 0)
			return env;
	}
	if (env)
		(void)json_array_append_new(
		    env, json_string("PATH=/usr/local/sbin:/usr/local/bin:"
				     "/usr/sbin:/usr/bin:/sbin:/bin"));
	return env;
}

static json_t *make_process(const struct attest_runtime_options *o,
			    unsigned int uid, unsigned int gid)
{
	json_t *process = json_pack(
	    "{s:b, s:{s:i, s:i}, s:o, s:o, s:s, s:b, s:{s:[], s:[], s:[], "
	    "s:[], s:[]}, s:[]}",
	    "terminal", o->tty, "user", "uid", (int)uid, "gid", (int)gid,
	    "args", strings(o->command), "env", make_env(o), "cwd",
	    o->workdir ? o->workdir : "/", "noNewPrivileges", 1, "capabilities",
	    "bounding", "effective", "inheritable", "permitted", "ambient",
	    "rlimits");

	if (process && o->open_files)
		(void)json_array_append_new(
		    json_object_get(process, "rlimits"),
		    json_pack("{s:s, s:I, s:I}", "type", "RLIMIT_NOFILE",
			      "hard", (json_int_t)o->open_files, "soft",
			      (json_int_t)o->open_files));
	return process;
}

static json_t *make_resources(const struct attest_runtime_options *o)
{
	json_t *resources = json_pack("{s:[{s:b, s:s}]}", "devices", "allow", 0,
				      "access", "rwm");

	if (resources && o->memory_bytes)
		(void)json_object_set_new(
		    resources, "memory",
		    json_pack("{s:I}", "limit", (json_int_t)o->memory_bytes));
	if (resources && o->pids)
		(void)json_object_set_new(
		    resources, "pids",
		    json_pack("{s:I}", "limit", (json_int_t)o->pids));
	/* The CFS period is 100 ms: 1000 of cpu_millis are 100000 us. */
	if (resources && o->cpu_millis)
		(void)json_object_set_new(
		    resources, "cpu",
		    json_pack("{s:I, s:I}", "period", (json_int_t)100000,
			      "quota", (json_int_t)o->cpu_millis * 100));
	return resources;
}

/* cgroupsPath: a leaf, so that no parent stays behind. */
static json_t *make_linux(const struct attest_runtime_options *o,
			  json_t *seccomp)
{
	json_t *object = json_pack(
	    "{s:s+, s:o, s:[{s:s},{s:s},{s:s},{s:s},{s:s}], s:o, s:o}",
	    "cgroupsPath", "/attest-", o->name, "resources", make_resources(o),
	    "namespaces", "type", "pid", "type", "ipc", "type", "uts", "type",
	    "mount", "type", "cgroup", "maskedPaths", strings(masked),
	    "readonlyPaths", strings(read_only));

	if (object && !o->network)
		(void)json_array_append_new(
		    json_object_get(object, "namespaces"),
		    json_pack("{s:s}", "type", "network"));
	if (object && seccomp)
		(void)json_object_set(object, "seccomp", seccomp);
	return object;
}

static int add_extras(json_t *root, const struct attest_runtime_options *o)
{
	json_t *notes;

	if (o->hook_path &&
	    json_object_set_new(root, "hooks",
				json_pack("{s:[{s:s, s:o}]}", "createRuntime",
					  "path", o->hook_path, "args",
					  strings(o->hook_args))) < 0)
		return -ENOMEM;
	if (!o->policy_name)
		return 0;
	notes = json_pack("{s:s, s:s, s:s}", ATTEST_ANNOTATION_POLICY,
			  o->policy_name, ATTEST_ANNOTATION_NAME, o->name,
			  ATTEST_ANNOTATION_IMAGE, o->image);
	return json_object_set_new(root, "annotations", notes) < 0 ? -ENOMEM
								   : 0;
}

int attest_container_bundle(const struct attest_runtime_options *options,
			    unsigned int uid, unsigned int gid,
			    unsigned int kernel, char **ret_text,
			    struct attest_diag *reterr_diag)
{
	json_auto_t *seccomp = NULL;
	json_auto_t *root = NULL;
	char *text;
	int r;

	if (options->profile) {
		r = attest_container_profile_to_oci(options->profile, kernel,
						    &seccomp, reterr_diag);
		if (r < 0)
			return r;
	}
	root = json_pack(
	    "{s:s, s:s, s:{s:s, s:b}, s:o, s:o, s:o}", "ociVersion", "1.0.2",
	    "hostname", options->name, "root", "path", options->image,
	    "readonly", 1, "process", make_process(options, uid, gid), "mounts",
	    make_mounts(options), "linux", make_linux(options, seccomp));
	/* jansson takes UTF-8 only, and says no more than "no". */
	if (!root)
		return attest_profile_fail(reterr_diag, -EINVAL,
					   "command, environment and paths "
					   "must be UTF-8");
	r = add_extras(root, options);
	if (r < 0)
		return r;
	text = attest_scmp_json_dump(root, JSON_INDENT(2));
	if (!text)
		return -ENOMEM;
	*ret_text = text;
	return 0;
}
