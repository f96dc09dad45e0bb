// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/config.h"
#include "policy/node.h"
#include "policy/seccomp.h"

static const char *const isolation_names[] = {
	[ATTEST_ISOLATE_PROCESS] = "process",
	[ATTEST_ISOLATE_CONTAINER] = "container",
	[ATTEST_ISOLATE_STRICT_CONTAINER] = "strict_container",
};

static const struct attest_choice isolation_choices[] = {
	{ "process", ATTEST_ISOLATE_PROCESS },
	{ "container", ATTEST_ISOLATE_CONTAINER },
	{ "strict-container", ATTEST_ISOLATE_STRICT_CONTAINER },
	{ NULL, 0 },
};

/* What a mode isolates by, where nothing else is said. */
static const struct {
	const char *mode;
	enum attest_isolation_level isolation;
} modes[] = {
	{ "light", ATTEST_ISOLATE_PROCESS },
	{ "verifiable", ATTEST_ISOLATE_CONTAINER },
	{ "formal-proof", ATTEST_ISOLATE_STRICT_CONTAINER },
};

static int take_if_ours(const char *path, char **ret_path)
{
	struct stat st;
	char *copy;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return -ENOENT;
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return -EPERM;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	*ret_path = copy;
	return 0;
}

int attest_config_find(char **ret_path)
{
	static const char *const names[] = { "attest.yaml", "attest.yml" };
	_cleanup_free_ char *dir = getcwd(NULL, 0);

	if (!dir)
		return -errno;
	for (;;) {
		char *slash;

		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			_cleanup_free_ char *path = NULL;
			int r;

			if (asprintf(&path, "%s/%s", dir, names[i]) < 0) {
				path = NULL;
				return -ENOMEM;
			}
			r = take_if_ours(path, ret_path);
			if (r != -ENOENT)
				return r;
		}
		slash = strrchr(dir, '/');
		if (!slash || dir[0] == '\0')
			return -ENOENT;
		*slash = '\0';
	}
}

void attest_config_free(struct attest_config **config)
{
	struct attest_config *c = *config;

	*config = NULL;
	if (!c)
		return;
	free(c->path);
	attest_policy_free(&c->policy);
	free(c);
}

/* Where the value was written, or else what stands for it. */
static void set(struct attest_config *c, size_t i, const char *key,
		const char *value, const struct attest_node *node,
		const char *origin_kind, const char *origin)
{
	struct attest_config_value *v = &c->values[i];

	v->key = key;
	v->value = value;
	if (node)
		(void)snprintf(v->origin, sizeof(v->origin), "%s:%d", c->path,
			       node->line);
	else
		(void)snprintf(v->origin, sizeof(v->origin), "%s%s%s",
			       origin_kind, origin[0] ? " " : "", origin);
}

static const char *network_of(const struct attest_policy *policy)
{
	if (!policy->has_network ||
	    policy->net_default == ATTEST_NETWORK_ENABLED)
		return "enabled";
	return policy->n_net_rules ? "restricted" : "disabled";
}

static int set_isolation(struct attest_config *c, struct attest_reader *rd,
			 const struct attest_node *node, const char *mode)
{
	int level = ATTEST_ISOLATE_PROCESS;
	int r;

	if (node) {
		r = attest_node_choice(rd, node, "isolation_level",
				       isolation_choices, &level);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; !node && i < ARRAY_SIZE(modes); i++)
		if (strcmp(mode, modes[i].mode) == 0)
			level = (int)modes[i].isolation;
	c->isolation = (enum attest_isolation_level)level;
	set(c, 1, "isolation_level", isolation_names[level], node,
	    mode[0] ? "mode" : "default", mode);
	return 0;
}

/* The mode's name as it is in the table; case and '_' do not matter there. */
static const char *mode_of(const struct attest_node *node)
{
	const char *text = node && node->text ? node->text : "";

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (strncasecmp(text, modes[i].mode, 6) == 0 ||
		    strcasecmp(text, modes[i].mode) == 0)
			return modes[i].mode;
	return "";
}

static const struct attest_node *in_sandbox(const struct attest_node *sandbox,
					    const char *key)
{
	return sandbox ? attest_node_get(sandbox, key) : NULL;
}

static int fill(struct attest_config *c, struct attest_reader *rd,
		const struct attest_node *root)
{
	const struct attest_node *mode_node = attest_node_get(root, "mode");
	const struct attest_node *s = attest_node_get(root, "sandbox");
	const struct attest_policy *p = c->policy;
	const char *mode = mode_of(mode_node);
	const char *level = p->level ? p->level : "";
	const char *kind = level[0] ? "level" : "default";

	set(c, 0, "mode",
	    mode[0]			   ? mode
	    : p->mode == ATTEST_MODE_AUDIT ? "audit"
					   : "enforce",
	    mode_node, "default", "");
	set(c, 2, "security_level", level[0] ? level : "custom",
	    in_sandbox(s, "security_level"), mode[0] ? "mode" : "default",
	    mode);
	set(c, 3, "seccomp_profile",
	    p->seccomp && p->seccomp->name ? p->seccomp->name : "none",
	    in_sandbox(s, "seccomp_profile"), kind, level);
	set(c, 4, "network_policy", network_of(p),
	    in_sandbox(s, "network_policy"), kind, level);
	set(c, 5, "filesystem_policy",
	    !p->has_filesystem			     ? "none"
	    : p->fs_default == ATTEST_PATH_FORBIDDEN ? "strict"
						     : "default",
	    in_sandbox(s, "filesystem_policy"), kind, level);
	return set_isolation(c, rd, in_sandbox(s, "isolation_level"), mode);
}

int attest_config_load(const char *path, struct attest_config **ret,
		       struct attest_diag *reterr_diag)
{
	_cleanup_(attest_config_free) struct attest_config *c = NULL;
	struct attest_reader rd = { .file = path, .diag = reterr_diag };
	struct attest_node *root = NULL;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	c = calloc(1, sizeof(*c));
	if (!c || !(c->path = strdup(path)))
		return -ENOMEM;
	r = attest_policy_load(path, NULL, &c->policy, reterr_diag);
	r = r ?: attest_read_file(path, ATTEST_DOCUMENT_MAX, &text, &len);
	r = r ?: attest_node_parse(&rd, text, len, &root);
	r = r ?: fill(c, &rd, root);
	attest_node_free(&root);
	attest_reader_done(&rd);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(c);
	return 0;
}
