# SPDX-License-Identifier: Apache-2.0
"""10,000 refusals of a confined command: at the receivers are 10,000 records,
or records and gaps that add up. As root and as an unprivileged user."""
import json
import os
import re
import shutil
import subprocess

import harness
from harness import Bench, free_port, listens, main, need, wait_for

RSYSLOGD = need("rsyslogd")
COUNT = 10000
NOBODY = 65534

POLICY = """
version: 1
name: end-to-end
seccomp:
  defaultAction: SCMP_ACT_ALLOW
  syscalls:
    - { names: [getpriority], action: SCMP_ACT_ERRNO, errnoRet: 13 }
"""
COMMAND = f"""
import os
refused = 0
for _ in range({COUNT}):
    try:
        os.getpriority(os.PRIO_PROCESS, 0)
    except PermissionError:
        refused += 1
print(refused)
"""


def receiver(b, port):
    config = b.write("conf", f"""
global(workDirectory="{b.dir}" maxMessageSize="64k")
module(load="imptcp")
input(type="imptcp" address="127.0.0.1" port="{port}")
template(name="t" type="string" string="%structured-data%\\n")
action(type="omfile" file="{b.path("received")}" template="t"
 flushOnTXEnd="on")
""")
    b.start(RSYSLOGD, "-n", "-f", config, "-i", b.path("pid"),
            stderr=subprocess.DEVNULL)
    wait_for("rsyslogd", listens(port))


def in_file(text):
    """Ids of refusals, and how many the gaps stand for."""
    rows = [json.loads(x) for x in text.splitlines()]
    return ({x["id"] for x in rows if x.get("violation") == "SyscallDenied"},
            sum(x["gap"]["lost"] for x in rows if x["kind"] == "gap"))


def in_syslog(text):
    gaps = dict(re.findall(r'id="([^"]+)"[^\n]* lost="(\d+)"', text))
    ids = set(re.findall(r'id="([^"]+)"[^\n]* violation="SyscallDenied"',
                         text))
    return ids, sum(int(x) for x in gaps.values())


def run(uid, *more):
    with Bench() as b:
        port = free_port()
        receiver(b, port)
        os.chmod(b.dir, 0o755)
        os.mkdir(b.path("user"))
        shutil.copy(harness.TOOL, b.path("attest-bpf"))
        policy = b.write("policy.yaml", POLICY)
        become = {"user": uid, "group": uid, "extra_groups": []} if uid else {}
        if uid:
            os.chown(b.path("user"), uid, uid)
        done = subprocess.run(
            [b.path("attest-bpf"), "run", "-p", policy,
             "--spool", b.path("user/spool"),
             "--export", f"file://{b.path('user/file')}",
             "--export", f"syslog+tcp://127.0.0.1:{port}", *more,
             "--", "/usr/bin/python3", "-c", COMMAND],
            capture_output=True, text=True, timeout=100, check=False,
            cwd="/", **become)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(COUNT), done.stdout
        return b.read("user/file"), b.read("received"), done.stderr


def adds_up(uid):
    file, received, err = run(uid)
    ids, lost = in_file(file)
    assert len(ids) + lost == COUNT, (len(ids), lost, err)
    got, lost_too = in_syslog(received)
    assert got == ids and lost_too == lost, (len(got), lost_too, err)
    assert f"{COUNT} violations" in err, err
    print(f"   {len(ids)} records, {lost} in gaps, at both")


def as_root():
    if os.getuid() == 0:
        adds_up(0)


def as_a_user():
    adds_up(NOBODY if os.getuid() == 0 else 0)


def folded_counts_add_up():
    file, _, err = run(NOBODY if os.getuid() == 0 else 0, "--fold", "1s")
    rows = [json.loads(x) for x in file.splitlines()]
    assert len(rows) < 100, len(rows)
    assert sum(x["count"] for x in rows) == COUNT, err
    print(f"   {len(rows)} records that stand for {COUNT}")


main(as_root, as_a_user, folded_counts_add_up)
