#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# report: from recorded events to every format.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

events=$tmp/events.jsonl
cat tests/fuzz/corpus/report/file.json >"$events"
echo >>"$events"
cat tests/fuzz/corpus/report/gap.json >>"$events"
echo >>"$events"

t 0 report "$events"
valid report.schema.json
json 'list(d)[:5] == ["security_level", "network_policy", "seccomp",
	"filesystem", "generated_at"]'
json 'd["filesystem"]["violations"][0]["violation_type"] == "ForbiddenPath"'
json 'd["gaps"]["records_lost"] == 9'
json 'd["totals"]["by_violation"] == {"ForbiddenPath": 1}'
t 0 report --format html "$events"
out '<!DOCTYPE html>'
out '/etc/shadow'
t 0 report --format markdown "$events"
out '^# Security report'
out '9 records were lost'
echo content >"$tmp/artifact"
t 0 report --format in-toto --artifact "$tmp/artifact" "$events"
json 'd["_type"] == "https://in-toto.io/Statement/v1"'
json 'len(d["subject"][0]["digest"]["sha256"]) == 64'
json 'd["predicate"]["monitorLog"]["fileAccess"][0]["name"] == "/etc/shadow"'

# A report that was written before can be rendered again.
t 0 report -o "$tmp/report.json" "$events"
t 0 report --format markdown "$tmp/report.json"
out 'ForbiddenPath'

printf '{"kind":"filesystem"}\nnonsense\n' >"$tmp/bad"
t 2 report "$tmp/bad"
err 'bad:2:'
t 2 report "$tmp/none"
err 'none: No such file'
finish
