# SPDX-License-Identifier: Apache-2.0
"""systemd-journald in a mount namespace of its own, read by journalctl; from
there systemd-journal-upload takes the entries to systemd-journal-remote."""
import json
import os
import subprocess
import sys

import harness
from harness import free_port, main, need

need("unshare", "journalctl")
JOURNALD = "/lib/systemd/systemd-journald"
if not os.path.exists(JOURNALD) or os.geteuid() != 0:
    print("skipped: needs systemd-journald and root")
    sys.exit(77)
REMOTE = "/lib/systemd/systemd-journal-remote"
UPLOAD = "/lib/systemd/systemd-journal-upload"
if not os.path.exists(REMOTE):
    print("skipped: needs systemd-journal-remote")
    sys.exit(77)
PORT = free_port()
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
mkdir /run/central /run/state
{REMOTE} --listen-http=127.0.0.1:{PORT} --output=/run/central/all.journal \
	--split-mode=none >&2 &
remote=$!
n=0
until {UPLOAD} --url=http://127.0.0.1:{PORT} --follow=no \
	--directory=/run/log/journal --save-state=/run/state/at >&2; do
	n=$((n + 1)); [ $n -lt 50 ] || exit 1; sleep 0.1
done
kill $remote
wait $remote
echo central
journalctl -D /run/central -o json --all SYSLOG_IDENTIFIER=attest-bpf
"""


def fields_arrive():
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", "-c", SCRIPT,
         "sh", harness.SENDER], capture_output=True, text=True, timeout=60,
        check=False)
    if done.returncode == 77:
        print("skipped: no mount namespace")
        sys.exit(77)
    here, central = done.stdout.split("central\n")
    for text in (here, central):
        check(text, done.stderr)


def check(text, err):
    rows = [json.loads(x) for x in text.splitlines()]
    assert {r["ATTEST_ID"] for r in rows} == \
        {f"rec-{i}" for i in range(COUNT)}, (len(rows), err[-600:])
    first = next(r for r in rows if r["ATTEST_ID"] == "rec-0")
    assert first["ATTEST_VIOLATION"] == "ForbiddenPath"
    assert first["PRIORITY"] == "3"
    hostile = next(r for r in rows if r["ATTEST_ID"] == "rec-3")
    assert bytes(hostile["ATTEST_PATH"]) == \
        b"/tmp/a\nb|c=d\\e\"f]g\t\xff\xc3\xa4\x01"


main(fields_arrive)
