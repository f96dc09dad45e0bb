# SPDX-License-Identifier: Apache-2.0
"""Kafka: librdkafka's mock cluster, read back by kcat in its own process."""
import json
import os
import subprocess
import sys

import harness
from harness import Bench, main, need

KCAT = need("kcat")
MOCK = os.path.join(os.path.dirname(harness.SENDER), "kafka_mock")
COUNT = 20000
if not os.path.exists(MOCK):
    print("skipped: built without Kafka")
    sys.exit(77)


def consume(brokers):
    """(partition, key, headers, value) of everything in the topic."""
    out = subprocess.run(
        [KCAT, "-C", "-b", brokers, "-t", "violations", "-o", "beginning",
         "-e", "-q", "-f", "%p\t%k\t%h\t%s\n"],
        capture_output=True, text=True, timeout=60, check=True).stdout
    return [line.split("\t", 3) for line in out.splitlines()]


def everything_arrives_in_order():
    with Bench() as b:
        mock = subprocess.Popen([MOCK, "violations", "4"], text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        b.children.append(mock)
        brokers = mock.stdout.readline().strip()
        b.send(f"kafka://{brokers}/violations?spool={b.path('spool')}", 0,
               COUNT)
        rows = consume(brokers)
        mock.stdin.close()
        assert mock.wait(10) == 0
    got = [json.loads(value)["id"] for _, _, _, value in rows]
    assert set(got) == {f"rec-{i}" for i in range(COUNT)}
    # Idempotence: the injected errors made no duplicates, kept the order.
    assert len(got) == COUNT
    places, last = {}, {}
    for partition, key, headers, value in rows:
        record = json.loads(value)
        assert places.setdefault(key, partition) == partition
        assert f"id={record['id']}" in headers and "format=json" in headers
        assert last.get(key, -1) < record["seq"]
        last[key] = record["seq"]
    assert "ci-7 /ci.slice/job-9" in places, places


main(everything_arrives_in_order)
