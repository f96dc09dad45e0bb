// SPDX-License-Identifier: Apache-2.0
/**
 * Source: podman libpod/oci_conmon_linux.go, moby daemon/oci_linux.go,
 * containerd pkg/cri/server/sandbox_run_linux.go, cri-o internal/config/
 * cgmgr, kubelet pkg/kubelet/cm, systemd "Control Group APIs".
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "container/identify.h"

#define HEX_ID 64

struct word {
	const char *data;
	size_t len;
};

static bool starts(struct word w, const char *prefix)
{
	size_t n = strlen(prefix);

	return w.len >= n && memcmp(w.data, prefix, n) == 0;
}

static bool ends(struct word w, const char *suffix)
{
	size_t n = strlen(suffix);

	return w.len >= n && memcmp(w.data + w.len - n, suffix, n) == 0;
}

static bool is_hex_id(struct word w)
{
	if (w.len != HEX_ID)
		return false;
	for (size_t i = 0; i < w.len; i++) {
		if (!isxdigit((unsigned char)w.data[i]))
			return false;
	}
	return true;
}

static bool is_name(struct word w)
{
	for (size_t i = 0; i < w.len; i++) {
		unsigned char c = (unsigned char)w.data[i];

		if (!isalnum(c) && !strchr("_.-\\", c))
			return false;
	}
	return w.len > 0 && w.len < ATTEST_CONTAINER_ID_MAX;
}

/* PREFIX-ID.scope of systemd, or PREFIX-ID of the cgroupfs driver. */
static const struct {
	const char *prefix;
	const char *runtime;
	bool hex; /* the id is 64 hex digits: anything else is not meant */
} prefixes[] = {
	{ "libpod-", "podman", true },
	{ "docker-", "docker", true },
	{ "cri-containerd-", "containerd", true },
	{ "cri-containerd:", "containerd", true },
	{ "nerdctl-", "containerd", true },
	{ "crio-", "cri-o", true },
	{ "attest-", "attest", false },
	{ "crun-", "crun", false },
	{ "runc-", "runc", false },
	{ "lxc.payload.", "lxc", false },
};

/* Directories whose children are containers. */
static const struct {
	const char *parent;
	const char *runtime;
	bool hex;
} parents[] = {
	{ "docker", "docker", true },	  { "libpod_parent", "podman", true },
	{ "moby", "docker", true },	  { "default", "containerd", true },
	{ "k8s.io", "containerd", true }, { "crun", "crun", false },
	{ "lxc", "lxc", false },
};

static int set(struct attest_container_id *id, struct word name,
	       const char *runtime, bool hex)
{
	if (hex ? !is_hex_id(name) : !is_name(name))
		return -ENOENT;
	memcpy(id->id, name.data, name.len);
	id->id[name.len] = '\0';
	id->runtime = runtime;
	return 0;
}

/* pod-UID.slice or podUID: systemd writes the dashes as underscores. */
static void note_pod(struct attest_container_id *id, struct word w)
{
	const char *pod = memmem(w.data, w.len, "pod", 3);
	size_t n = 0;

	/* "kubepods-burstable-podUID.slice": the last one. */
	for (const char *p = pod; p;) {
		pod = p;
		p = memmem(p + 1, (size_t)(w.data + w.len - p - 1), "pod", 3);
	}
	if (!pod || (!starts(w, "pod") && !starts(w, "kubepods")))
		return;
	pod += 3;
	while (pod + n < w.data + w.len && n + 1 < sizeof(id->pod) &&
	       (isxdigit((unsigned char)pod[n]) || pod[n] == '-' ||
		pod[n] == '_')) {
		id->pod[n] = pod[n];
		if (pod[n] == '_')
			id->pod[n] = '-';
		n++;
	}
	/* Shorter ones are words such as "kubepods-besteffort". */
	if (n < 32)
		n = 0;
	id->pod[n] = '\0';
}

static struct word strip_scope(struct word w)
{
	if (ends(w, ".scope"))
		w.len -= strlen(".scope");
	return w;
}

/* kubelet without the systemd driver: SLICE:cri-containerd:ID. */
static struct word strip_slice(struct word w)
{
	const char *colon = memmem(w.data, w.len, ".slice:", 7);

	if (colon) {
		w.len -= (size_t)(colon + 7 - w.data);
		w.data = colon + 7;
	}
	return w;
}

static int match(struct word w, struct word parent,
		 struct attest_container_id *id)
{
	struct word name = strip_scope(strip_slice(w));

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i].prefix);
		struct word rest = { name.data + n, name.len - n };

		if (starts(name, prefixes[i].prefix) &&
		    set(id, rest, prefixes[i].runtime, prefixes[i].hex) >= 0)
			return 0;
	}
	if (starts(name, "machine-") && ends(w, ".scope"))
		return set(id, (struct word){ name.data + 8, name.len - 8 },
			   "nspawn", false);
	for (size_t i = 0; i < ARRAY_SIZE(parents); i++) {
		if (parent.len == strlen(parents[i].parent) &&
		    starts(parent, parents[i].parent))
			return set(id, w, parents[i].runtime, parents[i].hex);
	}
	if (starts(parent, "pod") || starts(parent, "kubepods"))
		return set(id, w, "oci", true);
	return -ENOENT;
}

int attest_container_from_cgroup(const char *path, size_t len,
				 struct attest_container_id *ret_id)
{
	struct attest_container_id id = { .runtime = NULL };
	struct word parent = { path, 0 };
	const char *end = path + len;

	if (len >= ATTEST_CGROUP_PATH_MAX)
		return -E2BIG;
	for (const char *p = path; p < end;) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		struct word w = { p, (size_t)((slash ? slash : end) - p) };

		note_pod(&id, w);
		(void)match(w, parent, &id);
		if (w.len)
			parent = w;
		p = slash ? slash + 1 : end;
	}
	if (!id.runtime)
		return -ENOENT;
	*ret_id = id;
	return 0;
}

/* "ID:CONTROLLERS:PATH": where the path starts, or NULL. */
static const char *path_of(struct word line, bool *ret_is_v2)
{
	const char *first = memchr(line.data, ':', line.len);
	const char *second;

	if (!first)
		return NULL;
	second =
	    memchr(first + 1, ':', (size_t)(line.data + line.len - first - 1));
	if (!second || second + 1 >= line.data + line.len || second[1] != '/')
		return NULL;
	*ret_is_v2 =
	    first - line.data == 1 && *line.data == '0' && second == first + 1;
	return second + 1;
}

static void copy(char *to, const char *from, size_t n)
{
	memcpy(to, from, n);
	to[n] = '\0';
}

int attest_cgroup_parse(const char *text, char ret_v2[ATTEST_CGROUP_PATH_MAX],
			char ret_best[ATTEST_CGROUP_PATH_MAX])
{
	char v2[ATTEST_CGROUP_PATH_MAX] = "";
	char best[ATTEST_CGROUP_PATH_MAX] = "";
	struct attest_container_id id;
	bool found = false;

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");
		bool is_v2 = false;
		const char *path = path_of((struct word){ p, len }, &is_v2);
		size_t n = path ? (size_t)(p + len - path) : 0;

		if (!path)
			return -EINVAL;
		if (n >= sizeof(v2))
			return -E2BIG;
		if (is_v2)
			copy(v2, path, n);
		/* The v2 line is last: it wins when it names one as well. */
		if (attest_container_from_cgroup(path, n, &id) >= 0) {
			copy(best, path, n);
			found = true;
		}
		p += len + (p[len] == '\n');
	}
	if (!found)
		(void)strcpy(best, v2);
	(void)strcpy(ret_v2, v2);
	(void)strcpy(ret_best, best);
	return 0;
}
