// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "report/internal.h"

int attest_report_format_find(const char *name)
{
	static const char *const names[] = {
		[ATTEST_REPORT_JSON] = "json",
		[ATTEST_REPORT_HTML] = "html",
		[ATTEST_REPORT_MARKDOWN] = "markdown",
		[ATTEST_REPORT_INTOTO] = "in-toto",
		[ATTEST_REPORT_ALLOW_LIST] = "allow-list",
	};

	_Static_assert(ARRAY_SIZE(names) == ATTEST_REPORT_END,
		       "a format has no name");
	for (int i = 0; i < ATTEST_REPORT_END; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -EINVAL;
}

static int append(const char *data, size_t len, void *out)
{
	struct attest_str *s = out;

	attest_str_append(s, data, len);
	return s->error ? -1 : 0;
}

static int render_json(const json_t *tree, struct attest_str *out)
{
	if (json_dump_callback(tree, append, out, JSON_INDENT(2)) != 0)
		return -ENOMEM;
	attest_str_putc(out, '\n');
	return out->error;
}

int attest_report_render(const struct attest_report *report,
			 const struct attest_report_context *context,
			 enum attest_report_format format,
			 struct attest_str *out)
{
	_json_ json_t *tree = attest_report_tree(report, context);

	if (!tree)
		return -ENOMEM;
	switch (format) {
	case ATTEST_REPORT_JSON:
		return render_json(tree, out);
	case ATTEST_REPORT_HTML:
		return attest_report_html(tree, out);
	case ATTEST_REPORT_MARKDOWN:
		return attest_report_markdown(tree, out);
	case ATTEST_REPORT_INTOTO:
		return attest_report_intoto(
		    tree, context ? context->artifact : NULL, out);
	case ATTEST_REPORT_ALLOW_LIST:
		if (context && context->destinations)
			attest_report_allow_list(context->destinations, out);
		attest_str_puts(out, "");
		return out->error;
	case ATTEST_REPORT_END:
		break;
	}
	return -EINVAL;
}

int attest_report_write(const struct attest_report *report,
			const struct attest_report_context *context,
			enum attest_report_format format, const char *path)
{
	_cleanup_str_ struct attest_str out = { 0 };
	int r;

	r = attest_report_render(report, context, format, &out);
	if (r < 0)
		return r;
	return attest_write_file_atomic(path, out.data, out.len, 0600);
}

int attest_report_violations(const struct attest_report *report,
			     struct attest_str *out)
{
	_json_ json_t *all = json_array();

	for (int i = 0; i < ATTEST_KIND_END; i++)
		if (i != ATTEST_KIND_GAP &&
		    json_array_extend(all, report->lists[i].records) != 0)
			return -ENOMEM;
	return render_json(all, out);
}
