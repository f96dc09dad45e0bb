# SPDX-License-Identifier: Apache-2.0
"""LEEF as rsyslog's mmleefparse reads it.

The module takes LEEF 2.0's delimiter field for the beginning of the first
key, and undoes the escape of a backslash only.
"""
import base64
import json
import socket
import subprocess

from harness import Bench, free_port, listens, main, receiver, wait_for

RSYSLOGD = receiver("rsyslog-sid") + "/rsyslogd"
COUNT = 20
PATH = b"/tmp/a\nb|c=d\\e\"f]g\t\xff\xc3\xa4\x01"


def parsed(b, lines):
    port = free_port()
    config = b.write("conf", f"""
global(workDirectory="{b.dir}" maxMessageSize="64k"
 parser.escapeControlCharactersOnReceive="off")
module(load="imptcp")
module(load="mmleefparse")
input(type="imptcp" address="127.0.0.1" port="{port}")
template(name="t" type="list") {{
 property(name="$!all-json") constant(value="\\n") }}
action(type="mmleefparse" delimiter="\\t" searchCookie="on")
action(type="omfile" file="{b.path("out")}" template="t" flushOnTXEnd="on")
""")
    b.start(RSYSLOGD, "-n", "-f", config, "-i", b.path("pid"),
            stderr=subprocess.DEVNULL)
    wait_for("rsyslogd", listens(port))
    with socket.create_connection(("127.0.0.1", port)) as s:
        for line in lines:
            s.sendall(b"<13>1 2026-11-24T17:12:45Z host app 1 id - " + line +
                      b"\n")
    wait_for("all", lambda: b.read("out").count("\n") == len(lines))
    return [json.loads(x) for x in b.read("out").splitlines()]


def another_parser_reads_it():
    with Bench() as b:
        b.send(f"file://{b.path('leef')}?format=leef", 0, COUNT)
        with open(b.path("leef"), "rb") as f:
            lines = f.read().splitlines()
        rows = parsed(b, lines)
    for i, row in enumerate(rows):
        assert row["header"]["protocolVersion"] == "2.0", row
        assert row["header"]["vendor"] == "attest-bpf", row
        assert row["fields"]["x09|devTimeFormat"] == "epoch", row
        assert row["fields"]["recordId"] == f"rec-{i}", row
    first, hostile = rows[0], rows[3]["fields"]
    assert first["header"]["eventID"] == "ForbiddenPath"
    assert first["fields"]["resource"] == "/etc/shadow"
    assert first["fields"]["msg"] == "opened for reading by cat"
    seen = PATH.decode("utf-8", "replace")
    for raw, escaped in (("\n", "\\n"), ("\t", "\\t"), ("\x01", "\\x01")):
        seen = seen.replace(raw, escaped)
    assert hostile["resource"] == seen, hostile["resource"]
    assert base64.b64decode(hostile["pathBase64"]) == PATH


main(another_parser_reads_it)
