/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/**
 * libattest: one policy, enforced by BPF, Landlock and seccomp.
 *
 * Conventions
 * - Functions return 0 (or a count) or a negative errno. Outputs (ret_*) are
 *   set on success only, errors (reterr_error, may be NULL) on failure only.
 * - Handles are opaque. X_free() takes the address of the handle, accepts
 *   NULL in it and leaves NULL in it. Strings in ret_* are freed with free(3);
 *   strings in structures handed to a callback are borrowed for the call.
 * - A handle is used by one thread at a time; different handles may be used
 *   by different threads. What else is thread-safe says so.
 * - Structures that the caller fills start with their size, so that they can
 *   grow: `struct attest_x x = { .size = sizeof(x) };`
 */
#ifndef ATTEST_ATTEST_H
#define ATTEST_ATTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ATTEST_EXPORT __attribute__((__visibility__("default")))

/* Grows with every function that is added; see attest_api_version(). */
#define ATTEST_API_VERSION 1

/** The version of the library, "1.2.3". Thread-safe. */
ATTEST_EXPORT const char *attest_version(void);

/** ATTEST_API_VERSION of the library that runs. Thread-safe. */
ATTEST_EXPORT unsigned int attest_api_version(void);

/* Errors */

/** What went wrong, where, and what to do about it. */
struct attest_error {
	int code;	/* negative errno, what the function returned */
	int line;	/* 1-based, 0 if unknown */
	int column;	/* 1-based, 0 if unknown */
	char file[256]; /* "" if no file is concerned */
	char text[512];
	char hint[256]; /* what to do, or "" */
};

/**
 * Writes "file:line:column: text", without the parts that are unknown.
 *
 * Return: buffer. Thread-safe.
 */
ATTEST_EXPORT const char *attest_error_format(const struct attest_error *error,
					      char *buffer, size_t size);

/* Policies */

/** A policy: read once, never changed. */
struct attest_policy;

/**
 * Reads a policy file, YAML or JSON, with all it extends.
 *
 * @path:       file, or "-" for standard input.
 * @ret_policy: attest_policy_close().
 *
 * Return: 0; -EINVAL bad document, -E2BIG past a limit, -ELOOP, -ENOMEM, or
 *         what reading the file said.
 */
ATTEST_EXPORT int attest_policy_open(const char *path,
				     struct attest_policy **ret_policy,
				     struct attest_error *reterr_error);

/** As attest_policy_open(), from text in memory. */
ATTEST_EXPORT int attest_policy_open_text(const char *text,
					  struct attest_policy **ret_policy,
					  struct attest_error *reterr_error);

/** A built-in level: "minimal", "standard" or "maximum". Else -ENOENT. */
ATTEST_EXPORT int attest_policy_open_level(const char *level,
					   struct attest_policy **ret_policy,
					   struct attest_error *reterr_error);

ATTEST_EXPORT void attest_policy_close(struct attest_policy **policy);

/** The policy's name; borrowed from it. */
ATTEST_EXPORT const char *
attest_policy_name(const struct attest_policy *policy);

/** The whole policy as canonical JSON, nothing inherited. 0 or -ENOMEM. */
ATTEST_EXPORT int attest_policy_json(const struct attest_policy *policy,
				     char **ret_json);

/** One remark on a document. */
struct attest_finding {
	const char *file; /* NULL if unknown */
	int line;	  /* 0 if unknown */
	int column;	  /* 0 if unknown */
	bool is_error;	  /* else a warning */
	const char *text;
};

/** Called for each finding; a negative return ends the call with it. */
typedef int (*attest_finding_fn)(const struct attest_finding *finding,
				 void *data);

/**
 * Checks a file: a policy or a seccomp profile in any format.
 *
 * Return: the number of errors; else as attest_policy_open() when the file
 *         cannot be read at all.
 */
ATTEST_EXPORT int attest_lint_file(const char *path, attest_finding_fn fn,
				   void *data,
				   struct attest_error *reterr_error);

/** Who is to be confined: some layers only work on what is started. */
enum attest_subject_type {
	ATTEST_SUBJECT_TYPE_COMMAND,
	ATTEST_SUBJECT_TYPE_PID,
	ATTEST_SUBJECT_TYPE_CGROUP,
	ATTEST_SUBJECT_TYPE_CONTAINER,
};

/** What this kernel makes of one statement of a policy. */
struct attest_explanation {
	const char *item;    /* "/etc forbidden", "max_files 1000", ... */
	const char *full;    /* layers that enforce it: "bpf,landlock" */
	const char *partial; /* layers that enforce a part of it */
	const char *reason;  /* what is missing and the remedy; "" if nothing */
	bool enforced;	     /* by at least one layer, fully */
};

typedef int (*attest_explanation_fn)(const struct attest_explanation *item,
				     void *data);

/**
 * Says for every statement of a policy which layers enforce it here.
 *
 * Return: the number of statements that nothing enforces fully, or a negative
 *         errno.
 */
ATTEST_EXPORT int attest_policy_explain(const struct attest_policy *policy,
					enum attest_subject_type subject,
					attest_explanation_fn fn, void *data,
					struct attest_error *reterr_error);

/* Filesystem security */

enum attest_access_mode {
	ATTEST_ACCESS_MODE_FORBIDDEN, /* in rules only */
	ATTEST_ACCESS_MODE_READ_ONLY,
	ATTEST_ACCESS_MODE_READ_WRITE,
	ATTEST_ACCESS_MODE_EXECUTE, /* in checks only */
};

/** Decides on paths as the kernel would. */
struct attest_filesystem_security;

/** One rule, as in a policy file; see attest-policy(5). */
struct attest_filesystem_rule {
	size_t size; /* of this structure */
	const char *path_pattern;
	enum attest_access_mode access_mode;
	bool recursive;
	int priority;
	const char *description; /* or NULL */
};

/** The answer to one question. Strings are borrowed until the next check. */
struct attest_access_result {
	bool allowed;
	const char *violation; /* "ForbiddenPath", ...; NULL if allowed */
	unsigned int rule;     /* number of the rule, 0: the default */
	const char *rule_path; /* its pattern; NULL for the default */
	const char *access;    /* what it gives: "read-only", ... */
	int priority;
	const char *path; /* the path that was decided on */
	const char *text; /* one sentence */
};

/**
 * Starts with the default rules: /tmp and /workspace read-write; /etc, /proc
 * and /sys forbidden; all else read-only.
 */
ATTEST_EXPORT int
attest_filesystem_security_new(struct attest_filesystem_security **ret_security,
			       struct attest_error *reterr_error);

/** Starts with the same rules; all else is forbidden. */
ATTEST_EXPORT int attest_filesystem_security_with_strict_policy(
    struct attest_filesystem_security **ret_security,
    struct attest_error *reterr_error);

/** Starts with the rules of a policy, which is copied. */
ATTEST_EXPORT int attest_filesystem_security_with_policy(
    const struct attest_policy *policy,
    struct attest_filesystem_security **ret_security,
    struct attest_error *reterr_error);

/** Adds a rule. 0; -EINVAL bad pattern; -E2BIG; -ENOMEM. */
ATTEST_EXPORT int
attest_filesystem_security_add_rule(struct attest_filesystem_security *security,
				    const struct attest_filesystem_rule *rule,
				    struct attest_error *reterr_error);

/**
 * May a confined process use the path?
 *
 * The path need not exist. A relative path starts at the working directory.
 * Symbolic links that exist are followed, as the kernel does. A path in which
 * ".." leads to where another rule decides, or to where access is refused, is
 * a PathTraversal.
 *
 * Return: 0, whatever the answer is; -EINVAL, -ENAMETOOLONG, -ENOMEM.
 */
ATTEST_EXPORT int attest_filesystem_security_check_path_access(
    struct attest_filesystem_security *security, const char *path,
    enum attest_access_mode mode, struct attest_access_result *ret_result,
    struct attest_error *reterr_error);

ATTEST_EXPORT void
attest_filesystem_security_free(struct attest_filesystem_security **security);

/* Seccomp */

/** Reads system call profiles and writes them for others. */
struct attest_seccomp_manager;

/** Makes a manager that has no profile yet. 0 or -ENOMEM. */
ATTEST_EXPORT int
attest_seccomp_manager_new(struct attest_seccomp_manager **ret_manager);

/**
 * Takes a profile: a built-in one, one from the search path (see
 * attest-policy(5)), or "custom": the one loaded from a file.
 */
ATTEST_EXPORT int
attest_seccomp_manager_set_profile(struct attest_seccomp_manager *manager,
				   const char *name,
				   struct attest_error *reterr_error);

/** Reads a profile in any format; afterwards "custom" names it. */
ATTEST_EXPORT int attest_seccomp_manager_load_profile_from_file(
    struct attest_seccomp_manager *manager, const char *path,
    struct attest_error *reterr_error);

/** Name of the current profile, NULL before the first; borrowed. */
ATTEST_EXPORT const char *
attest_seccomp_manager_profile(const struct attest_seccomp_manager *manager);

/**
 * Writes a profile for a container runtime (OCI, also read by Docker and
 * podman).
 *
 * @name: a built-in profile, "custom", or NULL for the current one.
 */
ATTEST_EXPORT int attest_seccomp_manager_generate_container_profile(
    struct attest_seccomp_manager *manager, const char *name, char **ret_json,
    struct attest_error *reterr_error);

/**
 * Writes the current profile.
 *
 * @format:    "oci", "docker", "spec", "policy", "table" or "bpf" (the filter
 *             itself, ret_len bytes, struct sock_filter).
 * @ret_len:   may be NULL.
 * @ret_notes: what the format cannot express, one line each; may be NULL.
 */
ATTEST_EXPORT int attest_seccomp_manager_write(
    struct attest_seccomp_manager *manager, const char *format, char **ret_data,
    size_t *ret_len, char **ret_notes, struct attest_error *reterr_error);

ATTEST_EXPORT void
attest_seccomp_manager_free(struct attest_seccomp_manager **manager);

/* Configuration */

/** An attest.yaml: an operation mode and a sandbox block. */
struct attest_configuration;

/** One value of the configuration. */
struct attest_configuration_value {
	const char *key;
	const char *value;
	const char *origin; /* "attest.yaml:3", "mode verifiable", ... */
};

typedef int (*attest_configuration_fn)(
    const struct attest_configuration_value *value, void *data);

/**
 * Reads a configuration.
 *
 * @path: NULL: the first attest.yaml or attest.yml from the working directory
 *        upward.
 *
 * Return: 0; -ENOENT there is none; -EPERM the one that was found belongs to
 *         another user; or as attest_policy_open().
 */
ATTEST_EXPORT int
attest_configuration_open(const char *path,
			  struct attest_configuration **ret_configuration,
			  struct attest_error *reterr_error);

/** Where it was read from; borrowed. */
ATTEST_EXPORT const char *
attest_configuration_path(const struct attest_configuration *configuration);

/** The policy in it; borrowed. */
ATTEST_EXPORT const struct attest_policy *
attest_configuration_policy(const struct attest_configuration *configuration);

/** How much of the machine a command is kept from. */
enum attest_isolation {
	ATTEST_ISOLATION_PROCESS,   /* Landlock, seccomp, limits, BPF */
	ATTEST_ISOLATION_CONTAINER, /* and namespaces, a root of its own */
	ATTEST_ISOLATION_STRICT_CONTAINER, /* and a cgroup; BPF required */
};

/** The isolation level that it asks for. */
ATTEST_EXPORT enum attest_isolation attest_configuration_isolation(
    const struct attest_configuration *configuration);

/** Calls fn for each effective value. 0, or what fn returned if negative. */
ATTEST_EXPORT int
attest_configuration_show(const struct attest_configuration *configuration,
			  attest_configuration_fn fn, void *data);

ATTEST_EXPORT void
attest_configuration_close(struct attest_configuration **configuration);

/* Events */

/**
 * One record: a violation, a trace or a gap. Strings are borrowed for the
 * call and NULL where unknown. json has everything; the rest is for
 * convenience. Later versions add members at the end; size says how many are
 * there.
 */
struct attest_event {
	size_t size;
	const char *json;      /* one line, schema attest.violation/1 */
	const char *kind;      /* "filesystem", "seccomp", ..., "gap" */
	const char *violation; /* "ForbiddenPath", ...; NULL for traces */
	const char *action;    /* "denied", "killed", "audited", "traced" */
	const char *layer;     /* "bpf", "landlock", "seccomp", ... */
	const char *hook;
	uint64_t time_ns; /* since the epoch */
	uint64_t seq;
	uint64_t count; /* this many identical ones */
	uint32_t pid;
	uint32_t tid;
	uint32_t ppid;
	uint32_t uid;
	const char *comm;
	const char *exe;
	const char *path;
	const char *path2; /* the new name of a rename or link */
	const char *attempted_access;
	const char *syscall;
	const char *rule;
	unsigned int rule_number;
	const char *context; /* one sentence */
	uint64_t lost;	     /* gap: records that are missing */
	const char *container_id;
	const char *container_name;
	const char *container_image;
	const char *container_runtime;
	const char *address; /* "192.0.2.1", "2001:db8::1"; NULL: no network */
	uint16_t port;
};

/**
 * Called for each event, in the thread that called execute_secure or attach.
 */
typedef void (*attest_event_fn)(const struct attest_event *event, void *data);

/* The sandbox */

/**
 * Confines a command that it starts, or what runs already, records what is
 * refused, and reports. One subject after the other; not thread-safe: the
 * signals INT and TERM belong to it while it runs.
 */
struct attest_sandbox;

struct attest_sandbox_options {
	size_t size;	  /* of this structure */
	bool audit;	  /* record only, whatever the policy's mode is */
	bool best_effort; /* start although something is not enforced */
	bool without_bpf; /* leave the BPF layer out */
	/* Of commands. A strict container needs the BPF layer to enforce, and
	 * takes the seccomp profile "maximum" if the policy has none.
	 */
	enum attest_isolation isolation;
	/* Directory that a command works in; NULL: the current one. Containers
	 * have it at /workspace if the policy makes that writable, else at its
	 * own path. Borrowed until the sandbox is freed.
	 */
	const char *workspace;
	uint64_t cpu_percent; /* of one CPU, strict containers; 0: no limit */
	/* Of exports: merge identical records for so long; 0: do not. */
	uint64_t fold_ms;
	/* Below it exports keep what is not sent yet; NULL: the usual place.
	 * Borrowed until the sandbox is freed.
	 */
	const char *spool_root;
};

/** What became of a subject. Strings are borrowed until the next one. */
struct attest_sandbox_result {
	int exit_status; /* as a shell gives it; 0 for attach */
	uint64_t n_records;
	uint64_t n_violations;
	uint64_t n_lost;
	unsigned int n_tasks;	/* confined at the start of attach */
	const char *bpf;	/* how the BPF layer works: "lsm", ... "none" */
	const char *bpf_reason; /* why not better; "" if it is the best */
	/* Containers: why the runtime or the profile ended it, what to do, and
	 * the runtime's own words; NULL when the program ran to its own end.
	 */
	const char *failure;
	const char *solution;
	const char *detail;
	const char *added_calls; /* to the profile, separated by ' '; or NULL */
};

/**
 * Makes a sandbox.
 *
 * @policy:  borrowed until the sandbox is freed; NULL: nothing is confined,
 *            attach only records.
 * @options: NULL: none.
 */
ATTEST_EXPORT int
attest_sandbox_new(const struct attest_policy *policy,
		   const struct attest_sandbox_options *options,
		   struct attest_sandbox **ret_sandbox,
		   struct attest_error *reterr_error);

/** At most one; fn NULL: none. */
ATTEST_EXPORT void
attest_sandbox_set_event_callback(struct attest_sandbox *sandbox,
				  attest_event_fn fn, void *data);

/** Called once for each subject, when it is confined. */
ATTEST_EXPORT void
attest_sandbox_set_ready_callback(struct attest_sandbox *sandbox,
				  void (*fn)(void *data), void *data);

/** How an export is doing. Strings are borrowed for the call. */
struct attest_export_state {
	size_t size;	   /* of this structure */
	const char *name;  /* the URL without its arguments */
	const char *text;  /* all of it in one line */
	const char *error; /* the trouble that it has; NULL: none */
	const char *spool; /* directory of what is not sent; NULL: none */
	uint64_t written;  /* records taken */
	uint64_t sent;	   /* records that the receiver has */
	uint64_t queued;   /* records that wait */
	uint64_t lost;	   /* records that gap records stand for */
	uint64_t rejected; /* records that the receiver refuses for good */
	bool is_closed;	   /* the last call for this export */
	bool is_temporary; /* the spool goes with the export */
};

typedef void (*attest_export_fn)(const struct attest_export_state *state,
				 void *data);

/**
 * At most one; called for each export on SIGHUP and when it is closed.
 * SIGHUP opens the files of exports again, for log rotation; while a command
 * runs it is then not passed on.
 */
ATTEST_EXPORT void
attest_sandbox_set_export_callback(struct attest_sandbox *sandbox,
				   attest_export_fn fn, void *data);

/** Sends records to a URL as well; see attest-bpf-export(1). Repeatable. */
ATTEST_EXPORT int attest_sandbox_add_export(struct attest_sandbox *sandbox,
					    const char *url,
					    struct attest_error *reterr_error);

/**
 * Runs a command in its confinement until it ends.
 *
 * @argv: NULL-terminated; argv[0] is looked up along PATH.
 * @envp: NULL: this process' environment.
 *
 * Return: 0, the command ran; -EOPNOTSUPP this kernel cannot enforce the
 *         policy; or another negative errno: it was not started.
 */
ATTEST_EXPORT int
attest_sandbox_execute_secure(struct attest_sandbox *sandbox,
			      const char *const *argv, const char *const *envp,
			      struct attest_sandbox_result *ret_result,
			      struct attest_error *reterr_error);

/** Who runs already: a process with its descendants, or a cgroup. */
struct attest_sandbox_target {
	size_t size;	      /* of this structure */
	uint32_t pid;	      /* or 0 */
	const char *cgroup;   /* directory below the cgroup v2 mount, or NULL */
	bool enforce;	      /* else violations are recorded only */
	uint64_t duration_ms; /* 0: until a signal or its end */
	bool trace; /* record what it runs and the files it opens, too */
	const char *container; /* id, prefix of one, or name; or NULL */
};

/** Confines or watches what runs already; detaches on return. */
ATTEST_EXPORT int
attest_sandbox_attach(struct attest_sandbox *sandbox,
		      const struct attest_sandbox_target *target,
		      struct attest_sandbox_result *ret_result,
		      struct attest_error *reterr_error);

/* Containers */

/** What a container is run with. Lists end with NULL and may be NULL. */
struct attest_container {
	size_t size;	     /* of this structure */
	const char *runtime; /* "podman", "docker", "crun", "runc" */
	/* podman, docker: a reference; crun, runc: an absolute path. */
	const char *image;
	const char *const *command; /* podman, docker: NULL is the image's */
	const char *name;	    /* NULL: one is made up */
	const char *user;	    /* "UID[:GID]"; NULL: the image's */
	const char *workdir;
	const char *const *env;		 /* "KEY=VALUE" */
	const char *workspace;		 /* directory, seen as /workspace */
	const char *const *runtime_args; /* before the runtime's subcommand */
	const char *pull; /* "missing" (NULL), "never", "always" */
	bool interactive; /* pass standard input on */
	bool tty;
	uint64_t cpu_millis; /* 1000 is one processor; 0: not limited */
	/* Path of attest-bpf, which the runtime calls as a hook so that BPF
	 * confines the container; NULL: without BPF.
	 */
	const char *hook;
	const char *docker_runtime; /* the registered wrapper */
};

/**
 * Runs a container by the sandbox' policy to its end. As root and where BPF
 * enforces, its control group is under the policy from the first instruction
 * of its program on.
 *
 * Return: 0, the runtime ran: ret_result->failure says if it refused or failed;
 *         -ENOENT it is not installed; or as attest_sandbox_execute_secure().
 */
ATTEST_EXPORT int
attest_sandbox_run_container(struct attest_sandbox *sandbox,
			     const struct attest_container *container,
			     struct attest_sandbox_result *ret_result,
			     struct attest_error *reterr_error);

/** What a hook does with a container that others start. */
struct attest_container_hook {
	size_t size; /* of this structure */
	int state;   /* descriptor: the state that the runtime writes */
	/* Of attest_sandbox_run_container(), which decides; or NULL. */
	const char *socket;
	const char *policies;	    /* NULL: /etc/attest-bpf/policies */
	const char *policy;	    /* without an annotation; NULL: let it be */
	const char *const *exports; /* NULL: a file in /var/log/attest-bpf */
	bool best_effort;
};

/**
 * An OCI hook at stage createRuntime: starts a supervisor that puts the
 * container under the policy its annotation io.attest.policy names, and lives
 * as long as the container does.
 *
 * Context: forks; the caller has one thread and ends afterwards.
 * Return: 0, the container may start; else it must not.
 */
ATTEST_EXPORT int attest_oci_hook(const struct attest_container_hook *hook,
				  struct attest_error *reterr_error);

/** Where a hook is registered. */
struct attest_hook_place {
	size_t size;		 /* of this structure */
	const char *dir;	 /* NULL: /etc/containers/oci/hooks.d */
	const char *path;	 /* of attest-bpf, absolute, root's */
	const char *const *args; /* with argv[0]; NULL: its defaults */
};

/** Registers the hook for podman, CRI-O and others that read a directory. */
ATTEST_EXPORT int
attest_container_install_hooks(const struct attest_hook_place *place,
			       struct attest_error *reterr_error);
ATTEST_EXPORT int
attest_container_uninstall_hooks(const struct attest_hook_place *place,
				 struct attest_error *reterr_error);

/**
 * Adds the hook to the bundle that the arguments of an OCI runtime name, then
 * becomes that runtime.
 *
 * @args:   the runtime's, without argv[0].
 * @policy: for containers without an annotation; NULL: they get no hook.
 *
 * Return: only on failure: no container was created.
 */
ATTEST_EXPORT int
attest_container_wrap_runtime(const char *runtime, const char *const *args,
			      const struct attest_hook_place *place,
			      const char *policy,
			      struct attest_error *reterr_error);

/**
 * Makes attach record the system calls of what it watches, as they return:
 * needs root, costs every system call of the machine, and what paths are shown
 * is what was passed, not what was used.
 *
 * @filter: as strace's -e trace=: "openat,close", "%file", "!%network", "all".
 * @result: NULL, "ok", "failed" or an error's name ("ENOENT").
 * @only_totals: no records, only attest_sandbox_syscall_summary().
 */
ATTEST_EXPORT int attest_sandbox_watch_syscalls(
    struct attest_sandbox *sandbox, const char *filter, const char *result,
    bool only_totals, struct attest_error *reterr_error);

/** A table of the calls so far, like that of strace -c; free() it. */
ATTEST_EXPORT int
attest_sandbox_syscall_summary(const struct attest_sandbox *sandbox,
			       char **ret_text,
			       struct attest_error *reterr_error);

/**
 * The security report on the last subject.
 *
 * @format: "json", "html", "markdown" or "in-toto".
 */
ATTEST_EXPORT int attest_sandbox_export_security_report(
    const struct attest_sandbox *sandbox, const char *format, char **ret_text,
    size_t *ret_len, struct attest_error *reterr_error);

/**
 * Keeps a report in a file while subjects run, so that what happened is not
 * lost if this process is killed: it is written when a subject is confined,
 * and again at most once a second while records come; whole, or not at all.
 * It says that it is incomplete. The last one, with the end, is the caller's
 * to write over it.
 *
 * @format: as of attest_sandbox_export_security_report().
 */
ATTEST_EXPORT int attest_sandbox_keep_report(struct attest_sandbox *sandbox,
					     const char *path,
					     const char *format,
					     struct attest_error *reterr_error);

/** Its violations as a JSON array of records. */
ATTEST_EXPORT int
attest_sandbox_violations(const struct attest_sandbox *sandbox, char **ret_json,
			  struct attest_error *reterr_error);

ATTEST_EXPORT void attest_sandbox_free(struct attest_sandbox **sandbox);

/* The kernel */

/** One line of what this kernel offers. */
struct attest_finding_kernel {
	const char *topic;
	bool is_good;
	const char *text; /* what was found; if not good, the remedy too */
};

typedef void (*attest_doctor_callback)(const struct attest_finding_kernel *line,
				       void *data);

/**
 * Probes this kernel; as root BPF is loaded and proved by a canary.
 *
 * Return: 1 if the BPF layer enforces here, else 0.
 */
ATTEST_EXPORT int attest_doctor(attest_doctor_callback fn, void *data);

/**
 * Sends what a spool of an export holds. What has arrived leaves it.
 *
 * @spool: the directory.
 * @url:   NULL: the one that the spool was filled for.
 * @fn:    told once how it ended; may be NULL.
 *
 * Return: 0, all is sent; -ENOENT no spool or no URL; -EBUSY another process
 *         has it; -ETIMEDOUT past deadline_ms; or what opening the URL said.
 */
ATTEST_EXPORT int attest_export_replay_spool(const char *spool, const char *url,
					     int deadline_ms,
					     attest_export_fn fn, void *data,
					     struct attest_error *reterr_error);

/** Formats and transports of exports, explained; one text. 0 or -ENOMEM. */
ATTEST_EXPORT int attest_export_help(char **ret_text);

/* Reports */

/**
 * Makes one report of events that were recorded before.
 *
 * @paths:  n_paths files of native JSON lines, or a report in JSON; "-" is
 *          standard input.
 * @policy: what they were recorded under; may be NULL.
 * @artifacts: files that were made, for "in-toto"; ends with NULL; may be
 *          NULL.
 * @format: "json", "html", "markdown" or "in-toto".
 *
 * Return: 0; -EINVAL bad line or format, -ENOMEM, or what reading a file said.
 */
ATTEST_EXPORT int attest_report_convert(const char *const *paths,
					size_t n_paths,
					const struct attest_policy *policy,
					const char *const *artifacts,
					const char *format, char **ret_text,
					size_t *ret_len,
					struct attest_error *reterr_error);

#ifdef __cplusplus
}
#endif

#endif
