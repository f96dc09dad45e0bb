# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random points: of the sender, of the receivers.

ATTEST_FAULT_RUNS says how often, 15 times each unless told otherwise.
"""
import os
import random
import signal
import struct
import subprocess
import sys
import time

import harness
from harness import Bench, expect_ids, free_port, ids, listens, main, need, \
    wait_for

RSYSLOGD = need("rsyslogd")
RUNS = int(os.environ.get("ATTEST_FAULT_RUNS", "15"))
SEED = int(os.environ.get("ATTEST_FAULT_SEED", str(time.time_ns())))
dice = random.Random(SEED)

# Answers 200 when the ids of a body are in the file, and not before.
COLLECTOR = """
import gzip, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
out = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_):
        pass
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        os.write(out, gzip.decompress(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def rsyslogd(b, port):
    if os.path.exists(b.path("pid")):
        os.unlink(b.path("pid"))
    config = b.write("conf", f"""
global(workDirectory="{b.dir}" maxMessageSize="64k")
module(load="imptcp")
input(type="imptcp" address="127.0.0.1" port="{port}")
template(name="t" type="string" string="%structured-data%\\n")
action(type="omfile" file="{b.path("out")}" template="t" flushOnTXEnd="on")
""")
    child = b.start(RSYSLOGD, "-n", "-f", config, "-i", b.path("pid"),
                    stderr=subprocess.DEVNULL)
    wait_for("rsyslogd", listens(port))
    return child


def collector(b, port):
    child = b.start(sys.executable, "-c", COLLECTOR, str(port), b.path("out"))
    wait_for("collector", listens(port))
    return child


def sender_killed():
    """The ids at the receiver are those that the spool acknowledged.

    One record may be on its way into the spool when the sender dies: it may
    arrive, or not. The receiver is there every second time.
    """
    with Bench() as b:
        port = free_port()
        url = (f"syslog+tcp://127.0.0.1:{port}?spool={b.path('spool')}"
               "&spool_max=1G")
        must, may = set(), set()
        receiver = None
        for i in range(RUNS):
            if i % 2 == 0:
                receiver = rsyslogd(b, port)
            progress = b.path(f"acked{i}")
            sender = subprocess.Popen(
                [harness.SENDER, url, str(i * 100000), "20000", "1", "0",
                 progress], stdout=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, 0.12))
            sender.kill()
            sender.wait()
            if i % 2 == 1:
                b.stop(receiver, signal.SIGTERM)
            begun, acked = 0, 0
            if os.path.exists(progress) and os.path.getsize(progress):
                with open(progress, "rb") as f:
                    begun, acked = struct.unpack("QQ", f.read())
            assert begun - acked in (0, 1), (begun, acked)
            must.update(range(i * 100000, i * 100000 + acked))
            may.update(range(i * 100000, i * 100000 + begun))
        if receiver.poll() is not None:
            receiver = rsyslogd(b, port)
        last = RUNS * 100000
        b.send(url, last, 1)
        wait_for("the last", lambda: last in ids(b.read("out")))
        got = ids(b.read("out")) - {last}
        assert must <= got <= may, (len(must - got), len(got - may), SEED)
        print(f"   {RUNS} kills, {len(must)} records, seed {SEED}")


def receiver_killed(start, url):
    with Bench() as b:
        port = free_port()
        daemon = start(b, port)
        count = 1000 * RUNS
        sender = subprocess.Popen(
            [harness.SENDER, url.format(port=port) + b.path("spool"), "0",
             str(count), "20", "120"], stdout=subprocess.PIPE, text=True)
        kills = 0
        while kills < RUNS:
            time.sleep(dice.uniform(0, 0.2))
            b.stop(daemon, signal.SIGKILL)
            kills += 1
            daemon = start(b, port)
        assert sender.wait(300) == 0, sender.stdout.read()[-300:]
        expect_ids(lambda: b.read("out"), 0, count)
        print(f"   {kills} kills, {count} records, "
              f"{sender.stdout.read().splitlines()[-1]}")
        sender.stdout.close()


def rsyslogd_killed():
    receiver_killed(rsyslogd, "syslog+tcp://127.0.0.1:{port}?spool=")


def collector_killed():
    receiver_killed(collector, "http://127.0.0.1:{port}/?spool=")


main(sender_killed, rsyslogd_killed, collector_killed)
