// SPDX-License-Identifier: Apache-2.0
/**
 * The filesystem security manager of the specification.
 */
#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "lib/error.h"
#include "lib/path.h"
#include "event/record.h"
#include "policy/image.h"
#include "policy/policy.h"

/* The specification's "Default Rules". */
#define DEFAULT_RULES                                                          \
	"{\"path\":\"/tmp/*\",\"access\":\"read-write\",\"description\":"      \
	"\"Temporary directory access\"},"                                     \
	"{\"path\":\"/workspace/*\",\"access\":\"read-write\","                \
	"\"description\":\"Workspace directory access\"},"                     \
	"{\"path\":\"/etc/*\",\"access\":\"forbidden\",\"description\":"       \
	"\"Block system configuration\"},"                                     \
	"{\"path\":\"/proc/*\",\"access\":\"forbidden\",\"description\":"      \
	"\"Block process filesystem\"},"                                       \
	"{\"path\":\"/sys/*\",\"access\":\"forbidden\",\"description\":"       \
	"\"Block system filesystem\"}"
#define POLICY(name, access)                                                   \
	"{\"version\":1,\"name\":\"" name                                      \
	"\",\"filesystem\":{\"default\":\"" access                             \
	"\",\"rules\":[" DEFAULT_RULES                                         \
	"],\"forbidden_extensions\":[\"exe\",\"bat\",\"cmd\",\"com\","         \
	"\"scr\"]}}"

struct attest_filesystem_security {
	struct attest_policy *policy;
	struct attest_image_hdr *image; /* NULL: rules were added since */
	char path[ATTEST_PATH_MAX];	/* of the last answer */
	char text[2 * ATTEST_PATH_MAX];
};

static const char *const access_names[] = {
	[ATTEST_PATH_FORBIDDEN] = "forbidden",
	[ATTEST_PATH_READ_ONLY] = "read-only",
	[ATTEST_PATH_READ_WRITE] = "read-write",
};

void attest_filesystem_security_free(
    struct attest_filesystem_security **security)
{
	struct attest_filesystem_security *s = *security;

	*security = NULL;
	if (!s)
		return;
	attest_policy_free(&s->policy);
	free(s->image);
	free(s);
}

static int new_from_text(const char *text,
			 struct attest_filesystem_security **ret,
			 struct attest_error *error)
{
	_cleanup_(
	    attest_filesystem_security_free) struct attest_filesystem_security
	    *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return attest_error_set(error, -ENOMEM, NULL, "out of memory");
	r = attest_policy_open_text(text, &s->policy, error);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(s);
	return 0;
}

int attest_filesystem_security_new(struct attest_filesystem_security **ret,
				   struct attest_error *reterr_error)
{
	return new_from_text(POLICY("default", "read-only"), ret, reterr_error);
}

int attest_filesystem_security_with_strict_policy(
    struct attest_filesystem_security **ret, struct attest_error *reterr_error)
{
	return new_from_text(POLICY("strict", "forbidden"), ret, reterr_error);
}

int attest_filesystem_security_with_policy(
    const struct attest_policy *policy, struct attest_filesystem_security **ret,
    struct attest_error *reterr_error)
{
	_cleanup_free_ char *text = attest_policy_to_json(policy);

	if (!text)
		return attest_error_set(reterr_error, -ENOMEM, NULL,
					"out of memory");
	return new_from_text(text, ret, reterr_error);
}

/* The reader of policies checks the rule like one that was written. */
static char *rule_document(const struct attest_filesystem_rule *rule)
{
	_cleanup_str_ struct attest_str s = { 0 };
	size_t access = rule->access_mode;

	attest_str_puts(&s, "{\"version\":1,\"name\":\"rule\",\"filesystem\":"
			    "{\"default\":\"forbidden\",\"rules\":[{\"path\":");
	attest_json_puts(&s, rule->path_pattern);
	attest_str_printf(&s,
			  ",\"access\":\"%s\",\"recursive\":%s,"
			  "\"priority\":%d",
			  access_names[access],
			  rule->recursive ? "true" : "false", rule->priority);
	if (rule->description) {
		attest_str_puts(&s, ",\"description\":");
		attest_json_puts(&s, rule->description);
	}
	attest_str_puts(&s, "}]}}");
	return attest_str_take(&s);
}

/* Moves the rules of one policy to the end of another's. */
static int move_rules(struct attest_policy *from, struct attest_policy *to)
{
	struct attest_rule *rules;

	rules = reallocarray(to->rules, to->n_rules + from->n_rules,
			     sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	memcpy(rules + to->n_rules, from->rules,
	       from->n_rules * sizeof(*rules));
	to->rules = rules;
	to->n_rules += from->n_rules;
	to->has_filesystem = true;
	from->n_rules = 0;
	return 0;
}

int attest_filesystem_security_add_rule(
    struct attest_filesystem_security *security,
    const struct attest_filesystem_rule *rule,
    struct attest_error *reterr_error)
{
	_free_policy_ struct attest_policy *policy = NULL;
	_cleanup_free_ char *text = NULL;
	int r;

	if (rule->size != sizeof(*rule) || !rule->path_pattern ||
	    (size_t)rule->access_mode >= ARRAY_SIZE(access_names))
		return attest_error_set(
		    reterr_error, -EINVAL,
		    "set size, path_pattern and access_mode",
		    "the rule is not filled in");
	if (security->policy->n_rules >= ATTEST_RULES_MAX)
		return attest_error_set(reterr_error, -E2BIG, NULL,
					"more than %d rules", ATTEST_RULES_MAX);
	text = rule_document(rule);
	if (!text)
		return attest_error_set(reterr_error, -ENOMEM, NULL,
					"out of memory");
	r = attest_policy_open_text(text, &policy, reterr_error);
	if (r < 0)
		return r;
	r = move_rules(policy, security->policy);
	if (r < 0)
		return attest_error_set(reterr_error, r, NULL, "out of memory");
	free(TAKE_PTR(security->image));
	return 0;
}

static uint32_t access_of(enum attest_access_mode mode)
{
	switch (mode) {
	case ATTEST_ACCESS_MODE_READ_ONLY:
		return ATTEST_ACCESS_READ;
	case ATTEST_ACCESS_MODE_READ_WRITE:
		return ATTEST_ACCESS_READ | ATTEST_ACCESS_WRITE;
	case ATTEST_ACCESS_MODE_EXECUTE:
		return ATTEST_ACCESS_EXECUTE;
	case ATTEST_ACCESS_MODE_FORBIDDEN:
		break;
	}
	return 0;
}

/* Root's links where the policy gives no write access are the system's, and
 * those of /proc lead to what a process holds: bpf/link.bpf.c decides alike.
 */
static bool is_system_link(const char *link, const struct stat *st, void *image)
{
	char dir[ATTEST_PATH_MAX];
	struct attest_decision d;
	struct statfs fs;

	(void)snprintf(dir, sizeof(dir), "%.*s/",
		       (int)(strrchr(link, '/') - link), link);
	if (statfs(dir, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		return true;
	attest_image_decide(image, link, strlen(link), &d);
	return st->st_uid == 0 && !(d.access & ATTEST_ACCESS_WRITE);
}

static enum attest_violation judge(const struct attest_policy *policy,
				   const struct attest_decision *d,
				   const struct attest_resolved *path,
				   bool has_link, bool climbs_out,
				   uint32_t access)
{
	if (has_link && policy->symlinks == ATTEST_SYMLINKS_FORBID)
		return ATTEST_VIOLATION_SYMLINK;
	if (climbs_out)
		return ATTEST_VIOLATION_PATH_TRAVERSAL;
	if (access & ~d->access)
		return path->has_dotdot ? ATTEST_VIOLATION_PATH_TRAVERSAL
					: ATTEST_VIOLATION_FORBIDDEN_PATH;
	if (d->forbidden_extension &&
	    access & (ATTEST_ACCESS_WRITE | ATTEST_ACCESS_EXECUTE))
		return ATTEST_VIOLATION_FORBIDDEN_EXTENSION;
	return ATTEST_VIOLATION_NONE;
}

/* Does ".." lead to a path that another rule decides on? */
static bool leaves_rule(const struct attest_image_hdr *image,
			const struct attest_resolved *path, uint32_t rule)
{
	struct attest_decision start;

	if (!path->has_dotdot)
		return false;
	attest_image_decide(image, path->start, strlen(path->start), &start);
	return start.rule != rule;
}

static void fill(struct attest_filesystem_security *s,
		 const struct attest_decision *d,
		 enum attest_violation violation, const char *asked,
		 struct attest_access_result *ret)
{
	const struct attest_policy *p = s->policy;
	const struct attest_rule *rule =
	    d->rule ? &p->rules[d->rule - 1] : NULL;

	memset(ret, 0, sizeof(*ret));
	ret->allowed = violation == ATTEST_VIOLATION_NONE;
	if (!ret->allowed)
		ret->violation = attest_violation_name(violation);
	ret->rule = d->rule;
	ret->rule_path = rule ? rule->path : NULL;
	ret->access = access_names[rule ? rule->access : p->fs_default];
	ret->priority = rule ? rule->priority : 0;
	ret->path = s->path;
	if (violation == ATTEST_VIOLATION_PATH_TRAVERSAL)
		(void)snprintf(
		    s->text, sizeof(s->text),
		    "%s: '..' leads to '%.1024s', where %s", asked, s->path,
		    rule ? "another rule decides" : "no rule matches");
	else if (violation == ATTEST_VIOLATION_SYMLINK)
		(void)snprintf(s->text, sizeof(s->text),
			       "%s: leads through a symbolic link, which the "
			       "policy forbids",
			       asked);
	else if (rule)
		(void)snprintf(s->text, sizeof(s->text),
			       "%s: rule %u, '%s', gives %s", asked, d->rule,
			       rule->path, ret->access);
	else
		(void)snprintf(s->text, sizeof(s->text),
			       "%s: no rule matches, the default gives %s",
			       asked, ret->access);
	ret->text = s->text;
}

static int build_image(struct attest_filesystem_security *s,
		       struct attest_error *error)
{
	struct attest_diag diag = { 0 };
	int r;

	if (s->image)
		return 0;
	r = attest_image_build(s->policy, &s->image, &diag);
	return r < 0 ? attest_error_from_diag(error, r, &diag) : 0;
}

int attest_filesystem_security_check_path_access(
    struct attest_filesystem_security *security, const char *path,
    enum attest_access_mode mode, struct attest_access_result *ret_result,
    struct attest_error *reterr_error)
{
	struct attest_resolved resolved;
	struct attest_decision d;
	uint32_t access = access_of(mode);
	bool climbs_out, has_link;
	int r;

	if (!access)
		return attest_error_set(reterr_error, -EINVAL, NULL,
					"that access cannot be asked for");
	r = build_image(security, reterr_error);
	if (r < 0)
		return r;
	r = attest_path_resolve(path, &resolved);
	if (r < 0)
		return attest_error_set(reterr_error, r, NULL, "'%s': %s", path,
					strerror(-r));
	attest_image_decide(security->image, resolved.path,
			    strlen(resolved.path), &d);
	climbs_out = leaves_rule(security->image, &resolved, d.rule);
	has_link =
	    attest_path_each_link(path, is_system_link, security->image) != 0;
	memcpy(security->path, resolved.path, sizeof(security->path));
	fill(security, &d,
	     judge(security->policy, &d, &resolved, has_link, climbs_out,
		   access),
	     path, ret_result);
	return 0;
}
