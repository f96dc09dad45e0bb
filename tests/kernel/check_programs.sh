#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Usage: check_programs.sh BPF_DIR
# Every program of bpf/ stands in its README.md, and every one there exists.
set -eu

bpf=$1
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

# a program is what follows a line with SEC("..."), maps and licence apart
cat "$bpf"/*.bpf.c | grep -A1 '^SEC("' |
	grep -o 'attest_[a-z_0-9]*' | sort -u >"$dir/programs"
# shellcheck disable=SC2016 # backquotes of Markdown
grep -o '`attest_[a-z_0-9]*`' "$bpf/README.md" | tr -d '`' | sort -u \
	>"$dir/readme"
[ -s "$dir/programs" ] || { echo "no programs in $bpf" >&2; exit 1; }
diff "$dir/programs" "$dir/readme" >"$dir/diff" || {
	echo "bpf/README.md differs from the programs (<: not in it):" >&2
	cat "$dir/diff" >&2
	exit 1
}
