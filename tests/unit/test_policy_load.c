// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "policy/policy.h"
#include "policy/seccomp.h"

static struct attest_policy *load(const char *text)
{
	struct attest_policy *policy = NULL;
	struct attest_diag diag = { 0 };

	if (attest_policy_load(NULL, text, &policy, &diag) < 0)
		fail_msg("%d:%d: %s", diag.line, diag.column, diag.text);
	return policy;
}

static void everything_of_a_document_is_read(void **state)
{
	struct attest_policy *p = load(
	    "version: 1\n"
	    "name: ci-build\n"
	    "mode: audit\n"
	    "filesystem:\n"
	    "  default: read-only\n"
	    "  rules:\n"
	    "    - { path: \"/workspace/*\", access: read-write, recursive: "
	    "false, priority: 200, description: Workspace }\n"
	    "    - path_pattern: /etc/*\n"
	    "      access_mode: Forbidden\n"
	    "      hide: true\n"
	    "  forbidden_extensions: [.EXE, bat, exe]\n"
	    "  symlinks: forbid\n"
	    "  limits: { max_file_size: 10MiB, max_disk_usage: 1 GB, "
	    "max_files: 7 }\n"
	    "seccomp: { profile: standard }\n"
	    "network: { default: disabled, allow: [ { protocol: tcp, to: "
	    "10.1.2.3/8, port: 443 }, { to: \"2001:db8::/32\", port: 1-9 }, { "
	    "to: example.com } ] }\n"
	    "limits: { open_files: 1, processes: 2, memory: 3K, cpu_seconds: 4,"
	    " wall_seconds: 5 }\n"
	    "grants: [mount, module]\n");

	(void)state;
	assert_string_equal(p->name, "ci-build");
	assert_null(p->level);
	assert_int_equal(p->mode, ATTEST_MODE_AUDIT);
	assert_int_equal(p->fs_default, ATTEST_PATH_READ_ONLY);
	assert_int_equal(p->n_rules, 2);
	assert_string_equal(p->rules[0].path, "/workspace/*");
	assert_string_equal(p->rules[0].description, "Workspace");
	assert_int_equal(p->rules[0].access, ATTEST_PATH_READ_WRITE);
	assert_false(p->rules[0].recursive);
	assert_int_equal(p->rules[0].priority, 200);
	assert_int_equal(p->rules[0].line, 7);
	assert_int_equal(p->rules[1].access, ATTEST_PATH_FORBIDDEN);
	assert_true(p->rules[1].recursive);
	assert_true(p->rules[1].hide);
	assert_int_equal(p->rules[1].priority, 100);
	assert_int_equal(p->n_extensions, 2);
	assert_string_equal(p->extensions[0], "exe");
	assert_int_equal(p->symlinks, ATTEST_SYMLINKS_FORBID);
	assert_int_equal(p->max_file_bytes, 10485760);
	assert_int_equal(p->max_disk_bytes, 1000000000);
	assert_int_equal(p->max_files, 7);
	assert_non_null(p->seccomp);
	assert_int_equal(p->net_default, ATTEST_NETWORK_DISABLED);
	assert_int_equal(p->n_net_rules, 3);
	assert_int_equal(p->net_rules[0].prefix_len, 104);
	assert_int_equal(p->net_rules[0].addr[12], 10);
	assert_int_equal(p->net_rules[0].addr[13], 0);
	assert_int_equal(p->net_rules[0].port_min, 443);
	assert_int_equal(p->net_rules[0].protocols, ATTEST_NET_TCP);
	assert_int_equal(p->net_rules[1].prefix_len, 32);
	assert_int_equal(p->net_rules[1].port_max, 9);
	assert_true(p->net_rules[2].is_host);
	assert_int_equal(p->limits.memory_bytes, 3072);
	assert_int_equal(p->limits.wall_seconds, 5);
	assert_int_equal(p->grants, ATTEST_GRANT_MOUNT | ATTEST_GRANT_MODULE);
	attest_policy_free(&p);
}

static void failure_leaves_output_alone_and_says_where(void **state)
{
	static const struct {
		const char *text;
		int error;
		int line;
		int column;
		const char *says;
	} cases[] = {
		{ "", EINVAL, 1, 1, "the document is empty" },
		{ "[1]", EINVAL, 1, 1, "a policy must be a mapping" },
		{ "version: 1\nfilesytem: {}\n", EINVAL, 2, 1,
		  "did you mean 'filesystem'?" },
		{ "version: 2\n", EINVAL, 1, 10, "version must be" },
		{ "mode: enforced\n", EINVAL, 1, 7, "did you mean 'enforce'" },
		{ "name: a\nname: b\n", EINVAL, 2, 1, "written twice" },
		{ "name: !!int 5\n", EINVAL, 1, 7, "tag" },
		{ "name: a\n---\nname: b\n", EINVAL, 2, 1, "second document" },
		{ "name: [\n", EINVAL, 2, 1, "not YAML" },
		{ "name: \"a\\0b\"\n", EINVAL, 1, 7, "NUL" },
		{ "name: true\n", EINVAL, 1, 7, "quotes" },
		{ "filesystem:\n  rules: []\n", EINVAL, 2, 3,
		  "filesystem needs 'default'" },
		{ "filesystem:\n  default: none\n", EINVAL, 2, 12,
		  "forbidden, read-only, read-write" },
		{ "filesystem:\n  default: forbidden\n  rules:\n"
		  "    - { path: /a }\n",
		  EINVAL, 4, 7, "a rule needs 'access'" },
		{ "filesystem:\n  default: forbidden\n  rules:\n"
		  "    - { path: a, access: read-only }\n",
		  EINVAL, 4, 15, "must start with '/'" },
		{ "filesystem: { default: forbidden, rules: [ { path: /a/../b, "
		  "access: read-only } ] }",
		  EINVAL, 1, 52, "'..'" },
		{ "filesystem: { default: forbidden, rules: [ { path: /a/, "
		  "access: read-only } ] }",
		  EINVAL, 1, 52, "'/' at the end" },
		{ "filesystem: { default: forbidden, rules: [ { path: '/a[', "
		  "access: read-only } ] }",
		  EINVAL, 1, 52, "']'" },
		{ "filesystem: { default: forbidden, rules: [ { path: /a, "
		  "access: read-only, hide: true } ] }",
		  EINVAL, 1, 81, "forbidden path" },
		{ "filesystem: { default: forbidden, limits: { max_file_size: "
		  "10 lots } }",
		  EINVAL, 1, 60, "10MiB" },
		{ "filesystem: { default: forbidden, limits: { max_file_size: "
		  "99999999999T } }",
		  EINVAL, 1, 60, "too large" },
		{ "network: { allow: [] }\n", EINVAL, 1, 10,
		  "network needs 'default'" },
		{ "network: { default: disabled, allow: [ { to: 10.0.0.256 } ] "
		  "}",
		  EINVAL, 1, 46, "host name" },
		{ "network: { default: disabled, allow: [ { to: 10.0.0.0/33 } ] "
		  "}",
		  EINVAL, 1, 46, "network" },
		{ "network: { default: disabled, allow: [ { port: 70000 } ] }",
		  EINVAL, 1, 48, "65535" },
		{ "network: { default: disabled, allow: [ { port: 9-1 } ] }",
		  EINVAL, 1, 48, "range" },
		{ "grants: [everything]\n", EINVAL, 1, 10, "mount, bpf" },
		{ "limits: { memory: '1' , x: 1 }\n", EINVAL, 1, 25,
		  "has no key 'x'" },
		{ "extends: standart\n", ENOENT, 1, 10,
		  "did you mean 'standard'?" },
		{ "extends: ./no-such-file.yaml\n", ENOENT, 1, 10,
		  "No such file" },
		{ "sandbox: { security_level: minimal, x: 1 }\n", EINVAL, 1, 37,
		  "isolation_level" },
		{ "{\n  \"version\": 1,\n  \"name\": }", EINVAL, 3, 11,
		  "not JSON" },
		{ "{\"a\": 1, \"a\": 1}", EINVAL, 1, 12, "not JSON" },
		{ "{\n \"name\": \"\xc3\xbc\\\"\", \"mode\":\n  \"x\" }",
		  EINVAL, 3, 3, "mode cannot be 'x'" },
		{ "{\"filesystem\": {\"default\": \"forbidden\", \"rules\": "
		  "[{\"path\": \"/a\", \"access\": \"read-only\"}, {\"path\": "
		  "\"/b\", \"acess\": \"read-only\"}]}}",
		  EINVAL, 1, 105, "did you mean 'access'?" },
	};

	size_t n_good = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct attest_policy *policy = (void *)0x1;
		struct attest_diag diag = { 0 };
		int r;

		r = attest_policy_load(NULL, cases[i].text, &policy, &diag);
		if (r != -cases[i].error || diag.line != cases[i].line ||
		    diag.column != cases[i].column ||
		    !strstr(diag.text, cases[i].says))
			print_error("case %zu: %d, %d:%d: %s\n%s\n", i, r,
				    diag.line, diag.column, diag.text,
				    cases[i].text);
		else
			n_good++;
		assert_ptr_equal(policy, (void *)0x1);
	}
	assert_int_equal(n_good, ARRAY_SIZE(cases));
}

static void aliases_work_and_do_not_explode(void **state)
{
	struct attest_policy *policy =
	    load("filesystem:\n  default: &d forbidden\n  rules:\n"
		 "    - { path: /a, access: *d }\n");
	struct attest_diag diag = { 0 };
	char text[1024] = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";

	(void)state;
	assert_int_equal(policy->rules[0].access, ATTEST_PATH_FORBIDDEN);
	attest_policy_free(&policy);
	for (int i = 1; i < 8; i++) {
		size_t n = strlen(text);

		n += (size_t)sprintf(text + n, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			n += (size_t)sprintf(text + n, "%s*a%d", k ? "," : "",
					     i - 1);
		strcpy(text + n, "]\n");
	}
	assert_int_equal(attest_policy_load(NULL, text, &policy, &diag),
			 -E2BIG);
	assert_int_equal(
	    attest_policy_load(NULL, "a: &a [*a]\n", &policy, &diag), -E2BIG);
	assert_null(policy);
}

struct folder {
	char path[64];
};

static void folder_make(struct folder *f)
{
	strcpy(f->path, "/tmp/attest-policy-XXXXXX");
	assert_non_null(mkdtemp(f->path));
}

static void folder_write(const struct folder *f, const char *name,
			 const char *text)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", f->path, name);
	assert_int_equal(
	    attest_write_file_atomic(path, text, strlen(text), 0644), 0);
}

static int folder_load(const struct folder *f, const char *name,
		       struct attest_policy **ret, struct attest_diag *diag)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", f->path, name);
	return attest_policy_load(path, NULL, ret, diag);
}

static void folder_remove(const struct folder *f)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -r '%s'", f->path);
	assert_int_equal(system(command), 0);
}

static void extends_merges_files_and_levels(void **state)
{
	struct attest_policy *p = NULL;
	struct attest_diag diag = { 0 };
	struct folder f;

	(void)state;
	folder_make(&f);
	folder_write(&f, "base.yaml",
		     "extends: minimal\nname: base\nmode: audit\n"
		     "filesystem:\n  default: forbidden\n  rules:\n"
		     "    - { path: /base, access: read-only }\n"
		     "  forbidden_extensions: [exe]\n"
		     "  limits: { max_files: 5, max_file_size: 9 }\n"
		     "network: { default: disabled, allow: [ { to: 10.0.0.1 } "
		     "] }\n");
	folder_write(&f, "top.json",
		     "{\"extends\": \"base.yaml\", \"filesystem\": {\"rules\": "
		     "[{\"path\": \"/top\", \"access\": \"read-only\"}], "
		     "\"forbidden_extensions\": [\"bat\"], \"limits\": "
		     "{\"max_files\": 6}}}");
	assert_int_equal(folder_load(&f, "top.json", &p, &diag), 0);
	assert_string_equal(p->name, "top");
	assert_string_equal(p->level, "minimal");
	assert_int_equal(p->mode, ATTEST_MODE_AUDIT);
	assert_int_equal(p->fs_default, ATTEST_PATH_FORBIDDEN);
	assert_string_equal(p->rules[0].path, "/top");
	assert_string_equal(p->rules[1].path, "/base");
	assert_true(p->n_rules > 10);
	assert_non_null(strstr(p->rules[1].file, "base.yaml"));
	assert_int_equal(p->rules[1].line, 7);
	assert_null(p->rules[2].file);
	assert_int_equal(p->n_extensions, 2);
	assert_int_equal(p->max_files, 6);
	assert_int_equal(p->max_file_bytes, 9);
	assert_int_equal(p->n_net_rules, 1);
	attest_policy_free(&p);
	folder_remove(&f);
}

static void extends_refuses_cycles_and_depth(void **state)
{
	struct attest_policy *p = NULL;
	struct attest_diag diag = { 0 };
	struct folder f;
	char name[16];
	char text[32];

	(void)state;
	folder_make(&f);
	folder_write(&f, "a.yaml", "extends: ./b.yaml\n");
	folder_write(&f, "b.yaml", "extends: ./a.yaml\n");
	assert_int_equal(folder_load(&f, "a.yaml", &p, &diag), -ELOOP);
	assert_non_null(strstr(diag.file, "b.yaml"));
	assert_int_equal(diag.line, 1);
	assert_int_equal(diag.column, 10);
	for (int i = 0; i < 12; i++) {
		(void)snprintf(name, sizeof(name), "d%d.yaml", i);
		(void)snprintf(text, sizeof(text), "extends: d%d.yaml\n",
			       i + 1);
		folder_write(&f, name, i == 11 ? "name: end\n" : text);
	}
	assert_int_equal(folder_load(&f, "d4.yaml", &p, &diag), 0);
	attest_policy_free(&p);
	assert_int_equal(folder_load(&f, "d2.yaml", &p, &diag), -E2BIG);
	folder_write(&f, "bad.yaml", "name: x\nbad: 1\n");
	folder_write(&f, "good.yaml", "extends: bad.yaml\n");
	assert_int_equal(folder_load(&f, "good.yaml", &p, &diag), -EINVAL);
	assert_non_null(strstr(diag.file, "bad.yaml"));
	assert_int_equal(diag.line, 2);
	assert_null(p);
	folder_remove(&f);
}

static void levels_load_and_are_what_they_say(void **state)
{
	static const struct {
		const char *name;
		enum attest_path_access access;
	} levels[] = {
		{ "minimal", ATTEST_PATH_READ_WRITE },
		{ "standard", ATTEST_PATH_READ_ONLY },
		{ "maximum", ATTEST_PATH_FORBIDDEN },
		{ "strict", ATTEST_PATH_FORBIDDEN },
	};
	struct attest_policy *p = NULL;
	struct attest_diag diag = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		assert_int_equal(
		    attest_policy_load_level(levels[i].name, &p, &diag), 0);
		assert_string_equal(p->name, levels[i].name);
		assert_string_equal(p->level, levels[i].name);
		assert_int_equal(p->fs_default, levels[i].access);
		attest_policy_free(&p);
	}
	assert_int_equal(attest_policy_load_level("strict", &p, &diag), 0);
	assert_int_equal(p->n_rules, 5);
	assert_int_equal(p->max_file_bytes, 10485760);
	assert_int_equal(p->max_disk_bytes, 104857600);
	assert_int_equal(p->n_extensions, 5);
	attest_policy_free(&p);
	assert_int_equal(attest_policy_load_level("medium", &p, &diag),
			 -ENOENT);
}

static void attest_yaml_blocks_are_understood(void **state)
{
	struct attest_policy *p = load("mode: verifiable\n"
				       "sandbox:\n"
				       "  isolation_level: container\n"
				       "  security_level: standard\n"
				       "  seccomp_profile: minimal\n"
				       "  network_policy: disabled\n");

	(void)state;
	assert_string_equal(p->level, "standard");
	assert_string_equal(p->name, "policy");
	assert_int_equal(p->mode, ATTEST_MODE_ENFORCE);
	assert_string_equal(p->seccomp->name, "minimal");
	assert_int_equal(p->n_warnings, 1);
	assert_int_equal(p->warnings[0].line, 3);
	attest_policy_free(&p);
	p = load("mode: light\nsandbox: { filesystem_policy: strict }\n");
	assert_string_equal(p->level, "minimal");
	assert_int_equal(p->fs_default, ATTEST_PATH_FORBIDDEN);
	assert_int_equal(p->max_file_bytes, 10485760);
	attest_policy_free(&p);
	p = load("mode: formal-proof\n");
	assert_string_equal(p->level, "maximum");
	attest_policy_free(&p);
}

static void canonical_json_is_the_same_policy(void **state)
{
	static const char *const files[] = {
		"minimal.yaml",
		"standard.yaml",
		"maximum.yaml",
		"examples/ci-build.yaml",
		"examples/nginx.yaml",
		"examples/untrusted-script.yaml",
		"examples/audit-only.yaml",
		"examples/egress-limited.yaml",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct attest_policy *p = NULL;
		struct attest_policy *q;
		struct attest_diag diag = { 0 };
		char path[256];
		char *a, *b;

		(void)snprintf(path, sizeof(path), "%s/policies/%s",
			       ATTEST_SOURCE_DIR, files[i]);
		assert_int_equal(attest_policy_load(path, NULL, &p, &diag), 0);
		a = attest_policy_to_json(p);
		q = load(a);
		b = attest_policy_to_json(q);
		assert_string_equal(a, b);
		assert_memory_equal(p->digest, q->digest, sizeof(p->digest));
		free(a);
		free(b);
		attest_policy_free(&p);
		attest_policy_free(&q);
	}
}

static void diag_text_leaves_out_what_is_unknown(void **state)
{
	struct attest_diag diag = { .text = "bad" };
	char buffer[64];

	(void)state;
	assert_string_equal(attest_diag_text(&diag, buffer, 64), "bad");
	diag.line = 3;
	assert_string_equal(attest_diag_text(&diag, buffer, 64), "3: bad");
	diag.column = 4;
	strcpy(diag.file, "x.yaml");
	assert_string_equal(attest_diag_text(&diag, buffer, 64),
			    "x.yaml:3:4: bad");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_of_a_document_is_read),
		cmocka_unit_test(failure_leaves_output_alone_and_says_where),
		cmocka_unit_test(aliases_work_and_do_not_explode),
		cmocka_unit_test(extends_merges_files_and_levels),
		cmocka_unit_test(extends_refuses_cycles_and_depth),
		cmocka_unit_test(levels_load_and_are_what_they_say),
		cmocka_unit_test(attest_yaml_blocks_are_understood),
		cmocka_unit_test(canonical_json_is_the_same_policy),
		cmocka_unit_test(diag_text_leaves_out_what_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
