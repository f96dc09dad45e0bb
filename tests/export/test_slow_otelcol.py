# SPDX-License-Identifier: Apache-2.0
"""An OpenTelemetry Collector, built from Debian's packages: OTLP over HTTP,
JSON and protobuf. What it shows are the ids and attributes."""
import re

from harness import Bench, expect_ids, free_port, listens, main, receiver, \
    wait_for

COLLECTOR = receiver("otelcol") + "/otelcol"
COUNT = 5000


def arrives(form):
    with Bench() as b:
        port = free_port()
        config = b.write("config.yaml", f"""
receivers:
  otlp:
    protocols: {{ http: {{ endpoint: "127.0.0.1:{port}" }} }}
exporters:
  debug: {{ verbosity: detailed }}
service:
  telemetry: {{ metrics: {{ level: none }} }}
  pipelines:
    logs: {{ receivers: [otlp], exporters: [debug] }}
""")
        with open(b.path("out"), "wb") as out:
            b.start(COLLECTOR, f"--config=file:{config}", stderr=out)
        wait_for("the collector", listens(port))
        print("   " + b.send(f"otlp+http://127.0.0.1:{port}?format={form}"
                             f"&spool={b.path('spool')}", 0, COUNT))
        expect_ids(lambda: "\n".join(re.findall(
            r"log\.record\.uid: Str\((.*)\)", b.read("out"))), 0, COUNT)
        shown = b.read("out")
        for what in (r"SeverityNumber: Error\(17\)", r"Str\(/etc/shadow\)",
                     r"Body: Str\(opened for reading by cat\)",
                     r"Str\(ForbiddenPath\)", r"-> service\.name: Str\(",
                     r"\nTimestamp: 20", r"\nObservedTimestamp: 20"):
            assert re.search(what, shown), (what, shown[-3000:])


def json():
    arrives("otlp-json")


def protobuf():
    arrives("otlp-protobuf")


main(json, protobuf)
