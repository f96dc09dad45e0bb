// SPDX-License-Identifier: Apache-2.0
#include "policy/seccomp_text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "policy/seccomp_names.h"

#define LINE_LEN 78

bool attest_scmp_format_is_flat(enum attest_seccomp_format format)
{
	return format == ATTEST_SECCOMP_SPEC || format == ATTEST_SECCOMP_OCI;
}

static const char *here(void)
{
#if defined(__x86_64__)
	return "amd64";
#elif defined(__aarch64__)
	return "arm64";
#else
	return "unknown";
#endif
}

bool attest_scmp_arch_is(const char *arch,
			 const struct attest_scmp_where *where)
{
	const char *go = where ? where->arch : here();

	return !strcasecmp(arch, !strcmp(go, "amd64")	? "SCMP_ARCH_X86_64"
				 : !strcmp(go, "arm64") ? "SCMP_ARCH_AARCH64"
							: go);
}

static void note(struct attest_str *notes, size_t rule, const char *text)
{
	if (notes)
		attest_str_printf(notes, "rule %zu: %s\n", rule + 1, text);
}

static bool has_when(const struct attest_scmp_rule *rule)
{
	const struct attest_scmp_when *i = &rule->include, *e = &rule->exclude;

	return i->n_caps || i->n_arches || i->min_kernel || e->n_caps ||
	       e->n_arches || e->min_kernel;
}

static bool is_lax(const struct attest_seccomp_profile *p,
		   const struct attest_scmp_rule *rule)
{
	bool allows = rule->action == ATTEST_SCMP_ALLOW ||
		      rule->action == ATTEST_SCMP_LOG ||
		      rule->action == ATTEST_SCMP_NOTIFY ||
		      rule->action == ATTEST_SCMP_TRACE;

	return allows && p->default_action != ATTEST_SCMP_ALLOW;
}

bool attest_scmp_is_written(const struct attest_seccomp_profile *p, size_t i,
			    enum attest_seccomp_format format,
			    const struct attest_scmp_where *where,
			    struct attest_str *notes)
{
	const struct attest_scmp_rule *rule = &p->rules[i];

	if (attest_scmp_format_is_flat(format) && has_when(rule)) {
		bool keep = where ? attest_scmp_rule_applies(rule, where)
				  : !is_lax(p, rule);

		note(notes, i,
		     keep ? "its conditions on capabilities, kernel or "
			    "architecture are left out: they hold here"
			  : "left out: it has conditions on capabilities, "
			    "kernel or architecture that do not hold here");
		if (!keep)
			return false;
	}
	if (format == ATTEST_SECCOMP_SPEC && rule->n_args) {
		if (is_lax(p, rule)) {
			note(notes, i,
			     "left out: it has conditions on arguments, which "
			     "the format does not have");
			return false;
		}
		note(notes, i,
		     "its conditions on arguments are left out, which the "
		     "format does not have: every such call is refused");
	}

	return true;
}

void attest_scmp_note_losses(const struct attest_seccomp_profile *p,
			     enum attest_seccomp_format format,
			     struct attest_str *notes)
{
	size_t n_comments = 0;
	bool map = false;

	for (size_t i = 0; i < p->n_arches; i++)
		map = map || p->arches[i].n_sub;
	for (size_t i = 0; i < p->n_rules; i++)
		n_comments += p->rules[i].comment != NULL;
	if (attest_scmp_format_is_flat(format) && n_comments)
		attest_str_printf(notes, "comments of %zu rules: left out\n",
				  n_comments);
	if (format == ATTEST_SECCOMP_OCI && map)
		attest_str_puts(notes, "archMap: only the architectures of "
				       "this one entry are kept\n");
	if (format != ATTEST_SECCOMP_SPEC)
		return;
	if (p->n_arches)
		attest_str_puts(notes, "architectures: left out\n");
	if (p->flags)
		attest_str_puts(notes, "flags: left out\n");
	if (p->listener_path || p->listener_metadata)
		attest_str_puts(notes, "listener: left out\n");
}

/* jansson's integers are signed: what is above is a string with a mark. */
#define U64_MARK "\\u0001"

json_t *attest_scmp_json_u64(uint64_t value)
{
	if (value <= INT64_MAX)
		return json_integer((json_int_t)value);

	return json_sprintf("\001%" PRIu64, value);
}

/* Is the token a whole number that jansson takes for too big? */
static bool is_above_signed(const char *token, size_t len)
{
	uint64_t value = 0;

	if (strspn(token, "0123456789") != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (unsigned)(token[i] - '0'),
					   &value))
			return false;
	return value > INT64_MAX;
}

/* The text with such numbers as marked strings. */
static char *mark_numbers(const char *text)
{
	_cleanup_str_ struct attest_str out = { 0 };

	while (*text) {
		size_t n = strspn(text, "0123456789.eE+-");

		if (*text == '"') {
			for (n = 1; text[n] && text[n] != '"'; n++)
				if (text[n] == '\\' && text[n + 1])
					n++;
			n += text[n] == '"';
			attest_str_append(&out, text, n);
		} else if (is_above_signed(text, n)) {
			attest_str_printf(&out, "\"" U64_MARK "%.*s\"", (int)n,
					  text);
		} else {
			n = n ?: 1;
			attest_str_append(&out, text, n);
		}
		text += n;
	}
	return attest_str_take(&out);
}

json_t *attest_scmp_json_load(const char *text, json_error_t *ret_error)
{
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, ret_error);
	_cleanup_free_ char *marked = NULL;

	if (root || json_error_code(ret_error) != json_error_numeric_overflow)
		return root;
	marked = mark_numbers(text);
	return marked ? json_loads(marked, JSON_REJECT_DUPLICATES, ret_error)
		      : NULL;
}

bool attest_scmp_json_is_u64(const json_t *value)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value))
		return json_integer_value(value) >= 0;
	return text && text[0] == '\001' &&
	       is_above_signed(text + 1, strlen(text + 1));
}

char *attest_scmp_json_dump(const json_t *value, size_t flags)
{
	static const char *const keys[] = { "\"value\":", "\"valueTwo\":" };
	char *text = json_dumps(value, flags | JSON_ENCODE_ANY);

	/* A quote inside a string is escaped: these are keys. */
	for (size_t i = 0; text && i < ARRAY_SIZE(keys); i++)
		for (char *p = text; (p = strstr(p, keys[i]));) {
			p += strlen(keys[i]);
			p += *p == ' ';
			if (strncmp(p, "\"" U64_MARK, 7) != 0)
				continue;
			memmove(p, p + 7, strlen(p + 7) + 1);
			p += strspn(p, "0123456789");
			memmove(p, p + 1, strlen(p));
		}

	return text;
}

static void put_word(struct attest_str *out, const char *name)
{
	for (name += strlen("SCMP_ACT_"); *name; name++)
		attest_str_putc(
		    out, *name == '_' ? '-' : tolower((unsigned char)*name));
}

static void put_action(struct attest_str *out, enum attest_scmp_action action,
		       uint32_t errno_ret)
{
	const char *name = strerrorname_np((int)errno_ret);

	put_word(out, attest_scmp_action_name(action));
	if (action != ATTEST_SCMP_ERRNO)
		return;
	if (name && errno_ret)
		attest_str_printf(out, "(%s)", name);
	else
		attest_str_printf(out, "(%u)", errno_ret);
}

static void put_arg(struct attest_str *out, const struct attest_scmp_arg *arg)
{
	static const char *const signs[] = { "!=", "<", "<=", "==", ">=", ">" };

	if (arg->op == ATTEST_SCMP_CMP_MASKED_EQ)
		attest_str_printf(out, "arg%u & 0x%" PRIx64 " == 0x%" PRIx64,
				  arg->index, arg->value, arg->value_two);
	else
		attest_str_printf(out, "arg%u %s %" PRIu64, arg->index,
				  signs[arg->op], arg->value);
}

static void put_list(struct attest_str *out, const char *intro,
		     char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		attest_str_printf(out, "%s%s", i ? ", " : intro, list[i]);
}

static void put_when(struct attest_str *out, const char *intro,
		     const struct attest_scmp_when *when)
{
	if (!when->n_caps && !when->n_arches && !when->min_kernel)
		return;
	attest_str_printf(out, "       %s", intro);
	put_list(out, " capabilities ", when->caps, when->n_caps);
	put_list(out, " architectures ", when->arches, when->n_arches);
	if (when->min_kernel)
		attest_str_printf(out, " Linux %u.%u and later",
				  when->min_kernel >> 8,
				  when->min_kernel & 0xff);
	attest_str_putc(out, '\n');
}

/* Names with commas, broken into lines that start with indent. */
static void put_names(struct attest_str *out, char *const *names, size_t n,
		      const char *indent)
{
	size_t column = LINE_LEN;

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(names[i]) + 2;

		if (column + len > LINE_LEN) {
			attest_str_printf(out, "%s%s", i ? "\n" : "", indent);
			column = strlen(indent);
		} else {
			attest_str_putc(out, ' ');
		}
		attest_str_printf(out, "%s%s", names[i], i + 1 < n ? "," : "");
		column += len;
	}
	attest_str_putc(out, '\n');
}

static void put_rule(struct attest_str *out,
		     const struct attest_scmp_rule *rule, size_t number)
{
	bool any = attest_scmp_args_are_alternatives(rule);

	attest_str_printf(out, "%4zu   ", number);
	put_action(out, rule->action,
		   rule->has_errno_ret ? rule->errno_ret : 1);
	for (size_t i = 0; i < rule->n_args; i++) {
		attest_str_puts(out, !i ? " if " : any ? " or " : " and ");
		put_arg(out, &rule->args[i]);
	}
	attest_str_putc(out, '\n');
	put_when(out, "only with", &rule->include);
	put_when(out, "not with", &rule->exclude);
	if (rule->comment)
		attest_str_printf(out, "       # %s\n", rule->comment);
	put_names(out, rule->names, rule->n_names, "         ");
}

int attest_scmp_write_table(const struct attest_seccomp_profile *p,
			    struct attest_str *out)
{
	attest_str_printf(out, "profile %s\nrule   action\n   0   ", p->name);
	put_action(out, p->default_action, p->default_errno);
	attest_str_puts(out, " for every other system call\n");
	for (size_t i = 0; i < p->n_rules; i++)
		put_rule(out, &p->rules[i], i + 1);

	return out->error;
}

static int put_json(struct attest_str *out, const json_t *value)
{
	_cleanup_free_ char *text = attest_scmp_json_dump(value, 0);

	if (!text)
		return -ENOMEM;
	attest_str_puts(out, text);

	return 0;
}

static int put_members(struct attest_str *out, json_t *object,
		       const char *first, const char *indent)
{
	const char *key;
	json_t *value;
	int r;

	json_object_foreach (object, key, value) {
		attest_str_printf(out, "%s%s: ", first, key);
		r = put_json(out, value);
		if (r < 0)
			return r;
		attest_str_putc(out, '\n');
		first = indent;
	}

	return 0;
}

int attest_scmp_write_yaml(const struct attest_seccomp_profile *p,
			   json_t *object, struct attest_str *out)
{
	json_auto_t *rules = json_incref(json_object_get(object, "syscalls"));
	json_auto_t *name = json_string(p->name);
	int r;

	(void)json_object_del(object, "syscalls");
	attest_str_puts(out, "version: 1\nname: ");
	r = put_json(out, name);
	if (r < 0)
		return r;
	attest_str_puts(out, "\nseccomp:\n");
	r = put_members(out, object, "  ", "  ");
	if (r < 0)
		return r;
	attest_str_puts(out, json_array_size(rules) ? "  syscalls:\n"
						    : "  syscalls: []\n");
	for (size_t i = 0; i < json_array_size(rules); i++) {
		r = put_members(out, json_array_get(rules, i), "    - ",
				"      ");
		if (r < 0)
			return r;
	}

	return out->error;
}
