# SPDX-License-Identifier: Apache-2.0
"""VictoriaLogs, built from Debian's source: _bulk, OTLP protobuf, syslog over
TLS. What is asked of it afterwards are the ids."""
import json
import subprocess
import urllib.parse
import urllib.request

import harness
from harness import Bench, free_port, listens, main, receiver, wait_for

SERVER = receiver("victoria-logs") + "/victoria-logs"
COUNT = 5000


def query(port, text):
    data = urllib.parse.urlencode({"query": text, "limit": 100000}).encode()
    with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/select/logsql/query", data,
            timeout=30) as answer:
        return [json.loads(x) for x in answer.read().decode().splitlines()]


def expect(port, first, field):
    """The ids stored are those sent; each once, or more."""
    want = {f"rec-{first + i}" for i in range(COUNT)}

    def stored():
        return {x[field] for x in query(port, f"{field}:rec-*")} & want
    wait_for("all records", lambda: stored() == want, 30)
    rows = [x for x in query(port, f'{field}:"rec-{first}"')
            if x[field] == f"rec-{first}"]
    print(f"   {len(want)} ids, the first as {len(rows)} row(s)")
    return rows[0]


def everything_arrives():
    with Bench() as b:
        port, syslog = free_port(), free_port()
        b.certificates()
        b.start(SERVER, f"-storageDataPath={b.path('data')}",
                f"-httpListenAddr=127.0.0.1:{port}",
                f"-syslog.listenAddr.tcp=127.0.0.1:{syslog}",
                "-syslog.tls", f"-syslog.tlsCertFile={b.path('localhost.pem')}",
                f"-syslog.tlsKeyFile={b.path('localhost.key')}",
                "-retentionPeriod=100y", stderr=subprocess.DEVNULL)
        wait_for("victoria-logs", listens(port))
        wait_for("its syslog", listens(syslog))
        urls = (
            (f"elastic+http://127.0.0.1:{port}/insert/elasticsearch?",
             "event.id"),
            (f"elastic+http://127.0.0.1:{port}/insert/elasticsearch"
             "?format=ocsf&", "metadata.uid"),
            (f"otlp+http://127.0.0.1:{port}/insert/opentelemetry/v1/logs?",
             "log.record.uid"),
            (f"syslog+tls://localhost:{syslog}?ca={b.path('ca.pem')}&",
             "attest@32473.id"),
        )
        for i, (url, field) in enumerate(urls):
            first = i * 100000
            print("   " + b.send(f"{url}spool={b.path(f'spool{i}')}", first,
                                 COUNT).replace(b.dir, "DIR"))
            row = expect(port, first, field)
            assert "/etc/shadow" in json.dumps(row), row
            assert "ForbiddenPath" in json.dumps(row), row


main(everything_arrives)
