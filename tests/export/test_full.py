# SPDX-License-Identifier: Apache-2.0
"""A full spool and a full disk: records and gap records add up."""
import os
import re
import socket
import subprocess
import sys
import threading
import time

import harness
from harness import Bench, free_port, main

COUNT = 20000


class LateReceiver(threading.Thread):
    """Listens after a while, then keeps all lines."""

    def __init__(self, port, after):
        super().__init__(daemon=True)
        self.port, self.after, self.data = port, after, b""

    def run(self):
        time.sleep(self.after)
        with socket.create_server(("127.0.0.1", self.port)) as s:
            s.settimeout(60)
            peer, _ = s.accept()
            with peer:
                while chunk := peer.recv(1 << 20):
                    self.data += chunk


def weight(i):
    """What a record stands for: the sender has folded ones, and gaps of 3."""
    return 3 if i % 10 in (3, 4) else 1


def account(text):
    """Ids that arrived, and what "spool full" gap records stand for."""
    got = {int(i) for i in re.findall(r'id="rec-(\d+)"', text)}
    gaps = dict(re.findall(
        r'id="(gap-[^"]+)".* lost="(\d+)" reason="spool full"', text))
    return got, sum(int(x) for x in gaps.values())


def run(command, port, env=None):
    receiver = LateReceiver(port, 2)
    receiver.start()
    done = subprocess.run(command, capture_output=True, text=True, timeout=90,
                          check=False, env={**os.environ, **(env or {})})
    if done.returncode == 77:
        print("skipped: no mount namespace")
        sys.exit(77)
    receiver.join(10)
    got, lost = account(receiver.data.decode("utf-8", "replace"))
    assert "not kept" in done.stderr
    total = sum(weight(i) for i in range(COUNT))
    assert sum(weight(i) for i in got) + lost == total, (len(got), lost)
    assert lost > 0 and len(got) > 1000, (len(got), lost)


def full_spool():
    with Bench() as b:
        port = free_port()
        run([harness.SENDER, f"syslog+tcp://127.0.0.1:{port}?framing=lf"
             f"&spool={b.path('spool')}&spool_max=2M", "0", str(COUNT), "18",
             "8"], port)


def full_disk():
    with Bench() as b:
        port = free_port()
        os.mkdir(b.path("small"))
        run(["unshare", "-m", "--propagation", "private", "sh", "-c",
             'mount -t tmpfs -o size=3m none "$2" || exit 77; exec "$1" '
             f'"syslog+tcp://127.0.0.1:{port}?framing=lf&spool=$2/spool" '
             f'0 {COUNT} 18 8', "sh", harness.SENDER, b.path("small")], port)


main(full_spool, full_disk)
