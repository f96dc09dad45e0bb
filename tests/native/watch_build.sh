#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `watch --pid` of a parallel build misses no compiler and no source, or a gap
# record says how many records are missing.
set -uo pipefail
bin=$1
files=40

[ "$(id -u)" -eq 0 ] || {
	echo "watching needs root"
	exit 77
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for ((i = 0; i < files; i++)); do
	echo "int f$i(void) { return $i; }" >"$tmp/f$i.c"
done
(
	while [ ! -e "$tmp/go" ]; do sleep 0.1; done
	cd "$tmp" && seq 0 $((files - 1)) |
		xargs -P 4 -I N cc -c fN.c -o fN.o
) &
build=$!
"$bin" watch --pid $build --format json >"$tmp/events" 2>"$tmp/err" &
watch=$!
for ((n = 0; n < 600; n++)); do
	grep -q watching "$tmp/err" && break
	kill -0 $watch 2>/dev/null || break
	sleep 0.1
done
touch "$tmp/go"
wait $build
wait $watch || {
	echo "watch: $(tail -n 2 "$tmp/err")"
	exit 1
}
python3 - "$tmp" "$files" <<'END'
import json
import sys

tmp, files = sys.argv[1], int(sys.argv[2])
records = [json.loads(line) for line in open(tmp + "/events")]
lost = sum(r["gap"]["lost"] for r in records if r["kind"] == "gap")
sources = {r["path"] for r in records if r["kind"] == "filesystem"
           and r["comm"] == "cc1" and r["path"].endswith(".c")}
compilers = [r for r in records if r["hook"] == "sched_process_exec"
             and (r["path"] or "").endswith("/cc1")]
print(len(records), "records,", lost, "lost")
missing = 2 * files - len(sources) - len(compilers)
if missing > lost:
    sys.exit(f"{missing} records are missing, and gaps tell of {lost}")
if len(compilers) > files or len(sources) > files:
    sys.exit("more than there were")
END
