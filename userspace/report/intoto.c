// SPDX-License-Identifier: Apache-2.0
/**
 * The report as an in-toto statement with the predicate runtime-trace v0.2.
 * Not signed: a signer wraps it in a DSSE envelope.
 */
#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "report/internal.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define PREDICATE_TYPE "https://in-toto.io/attestation/runtime-trace/v0.2"
#define MONITOR_TYPE "https://attest-bpf.example/monitor/v1"
#define PROCESS_TYPE "https://attest-bpf.example/subject/v1"

static int digest_file(const char *path, char *hex)
{
	_cleanup_close_ int fd = -1;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	uint8_t buffer[65536];
	SHA2_CTX sha;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	SHA256Init(&sha);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		SHA256Update(&sha, buffer, (size_t)n);
	if (n < 0)
		return -errno;
	SHA256Final(digest, &sha);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

/* The files that were made; without any, the policy is what is attested. */
static int subjects(const json_t *tree, const char *const *artifacts,
		    json_t *list)
{
	const char *digest = attest_report_text(tree, "policy", "digest");

	for (size_t i = 0; artifacts && artifacts[i]; i++) {
		char hex[2 * SHA256_DIGEST_LENGTH + 1];
		int r = digest_file(artifacts[i], hex);

		if (r < 0)
			return r;
		(void)json_array_append_new(
		    list, json_pack("{sss{ss}}", "name", artifacts[i], "digest",
				    "sha256", hex));
	}
	if (json_array_size(list) == 0 && strncmp(digest, "sha256:", 7) == 0)
		(void)json_array_append_new(
		    list, json_pack("{sss{ss}}", "name",
				    attest_report_text(tree, "policy", "name"),
				    "digest", "sha256", digest + 7));
	return 0;
}

static const json_t *records_of(const json_t *tree, const char *kind)
{
	return json_object_get(json_object_get(tree, kind), "violations");
}

static json_t *network_log(const json_t *tree)
{
	json_t *list = json_array();
	size_t i;
	json_t *v;

	json_array_foreach (records_of(tree, "network"), i, v) {
		const json_t *d = json_object_get(v, "destination");
		json_t *entry =
		    json_pack("{sO*sO*sO*sO*s{sO*sO*}sO*}", "ip",
			      json_object_get(d, "address"), "hostname",
			      json_object_get(d, "name"), "port",
			      json_object_get(d, "port"), "protocol",
			      json_object_get(d, "protocol"), "invokingProcess",
			      "pid", json_object_get(v, "pid"), "comm",
			      json_object_get(v, "comm"), "action",
			      json_object_get(v, "action"));

		(void)json_array_append_new(list, entry);
	}
	return list;
}

static json_t *file_log(const json_t *tree)
{
	json_t *list = json_array();
	size_t i;
	json_t *v;

	json_array_foreach (records_of(tree, "filesystem"), i, v) {
		json_t *entry =
		    json_pack("{sO*s{sO*sO*sO*sO*}}", "name",
			      json_object_get(v, "path"), "annotations",
			      "access", json_object_get(v, "attempted_access"),
			      "violation", json_object_get(v, "violation_type"),
			      "action", json_object_get(v, "action"), "pid",
			      json_object_get(v, "pid"));

		(void)json_array_append_new(list, entry);
	}
	return list;
}

static json_t *process_log(const json_t *tree)
{
	json_t *list = json_array();

	(void)json_array_extend(list, (json_t *)records_of(tree, "process"));
	(void)json_array_extend(list, (json_t *)records_of(tree, "seccomp"));
	return list;
}

static json_t *predicate(const json_t *tree)
{
	const char *subject = attest_report_text(tree, "subject", "name");
	const json_t *s = json_object_get(tree, "subject");
	json_t *host =
	    json_sprintf("host://%s", attest_report_text(tree, "host", "name"));

	return json_pack(
	    "{s{sss{}s{sO*sO*sO*}}s{sossss}s{sososo}s{sO*sO*}}", "monitor",
	    "type", MONITOR_TYPE, "configSource", "tracePolicy", "policy",
	    json_object_get(tree, "policy"), "coverage",
	    json_object_get(tree, "coverage"), "gaps",
	    json_object_get(tree, "gaps"), "monitoredProcess", "hostID", host,
	    "type", PROCESS_TYPE, "event", subject[0] ? subject : "unknown",
	    "monitorLog", "process", process_log(tree), "network",
	    network_log(tree), "fileAccess", file_log(tree), "metadata",
	    "buildStartedOn", json_object_get(s, "started_at"),
	    "buildFinishedOn", json_object_get(s, "ended_at"));
}

static int append(const char *data, size_t len, void *out)
{
	struct attest_str *s = out;

	attest_str_append(s, data, len);
	return s->error ? -1 : 0;
}

int attest_report_intoto(const json_t *tree, const char *const *artifacts,
			 struct attest_str *out)
{
	_json_ json_t *list = json_array();
	_json_ json_t *statement = NULL;
	int r;

	r = subjects(tree, artifacts, list);
	if (r < 0)
		return r;
	statement = json_pack("{sssOssso}", "_type", STATEMENT_TYPE, "subject",
			      list, "predicateType", PREDICATE_TYPE,
			      "predicate", predicate(tree));
	if (!statement ||
	    json_dump_callback(statement, append, out, JSON_INDENT(2)) != 0)
		return -ENOMEM;
	attest_str_putc(out, '\n');
	return out->error;
}
