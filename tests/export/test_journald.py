# SPDX-License-Identifier: Apache-2.0
"""systemd-journald in a mount namespace of its own, read by journalctl."""
import json
import os
import subprocess
import sys

import harness
from harness import main, need

need("unshare", "journalctl")
JOURNALD = "/lib/systemd/systemd-journald"
if not os.path.exists(JOURNALD) or os.geteuid() != 0:
    print("skipped: needs systemd-journald and root")
    sys.exit(77)
COUNT = 500
SCRIPT = f"""
mount -t tmpfs none /run || exit 77
mkdir -p /run/systemd/journal /run/log/journal
{JOURNALD} >/dev/null 2>&1 &
daemon=$!
n=0
while [ ! -S /run/systemd/journal/socket ]; do
	n=$((n + 1)); [ $n -lt 100 ] || exit 1; sleep 0.1
done
"$1" 'journald:?format=text&spool=none' 0 {COUNT} >/dev/null || exit 1
sleep 1
journalctl -D /run/log/journal -o json --all SYSLOG_IDENTIFIER=attest-bpf
kill $daemon
wait $daemon
"""


def fields_arrive():
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", "-c", SCRIPT,
         "sh", harness.SENDER], capture_output=True, text=True, timeout=60,
        check=False)
    if done.returncode == 77:
        print("skipped: no mount namespace")
        sys.exit(77)
    rows = [json.loads(x) for x in done.stdout.splitlines()]
    assert {r["ATTEST_ID"] for r in rows} == \
        {f"rec-{i}" for i in range(COUNT)}, (len(rows), done.stderr[-300:])
    first = next(r for r in rows if r["ATTEST_ID"] == "rec-0")
    assert first["ATTEST_VIOLATION"] == "ForbiddenPath"
    assert first["PRIORITY"] == "3"
    hostile = next(r for r in rows if r["ATTEST_ID"] == "rec-3")
    assert bytes(hostile["ATTEST_PATH"]) == \
        b"/tmp/a\nb|c=d\\e\"f]g\t\xff\xc3\xa4\x01"


main(fields_arrive)
