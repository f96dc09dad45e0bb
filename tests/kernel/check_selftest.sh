#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs PROGRAM, the self-test of kt.h, and compares what it prints.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
status=0
got=$("$1" 2>/dev/null) || status=$?
diff -u "$here/kt_selftest.expected" <(sed -E 's/\.c:[0-9]+:/.c:LINE:/' <<<"$got")
[[ $status == 1 ]] || {
	echo "exit status $status, not 1, though tests failed"
	exit 1
}
[[ $("$1" returning_passes 2>/dev/null) == "ok returning_passes" ]]
[[ $("$1" nothing 2>/dev/null || echo "$?") == $'not ok nothing: no such test\n2' ]]
