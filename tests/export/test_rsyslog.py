# SPDX-License-Identifier: Apache-2.0
"""rsyslog over UDP, a datagram socket, TCP with both framings, and mutual TLS."""
import os
import socket
import subprocess

import harness
from harness import Bench, expect_ids, free_port, listens, main, need, wait_for

RSYSLOGD = need("rsyslogd")
COUNT = 2000


def start(bench, inputs):
    out = bench.path("out")
    config = bench.write("conf", f"""
global(workDirectory="{bench.dir}" maxMessageSize="64k")
{inputs}
template(name="t" type="string"
 string="%syslogseverity%|%hostname%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
action(type="omfile" file="{out}" template="t" flushOnTXEnd="on")
""")
    return bench.start(RSYSLOGD, "-n", "-f", config, "-i",
                       bench.path("pid"), stderr=subprocess.DEVNULL)


def udp():
    with Bench() as b:
        port = free_port(socket.SOCK_DGRAM)
        start(b, f'''module(load="imudp")
input(type="imudp" address="127.0.0.1" port="{port}" rcvbufSize="4m")''')
        wait_for("rsyslogd", lambda: os.path.exists(b.path("pid")))
        harness.time.sleep(0.5)
        b.send(f"syslog+udp://127.0.0.1:{port}?spool=none", 0, 500, 50)
        expect_ids(lambda: b.read("out"), 0, 500)


def unix():
    with Bench() as b:
        start(b, f'''module(load="imuxsock" sysSock.use="off")
input(type="imuxsock" socket="{b.path("log")}" useSpecialParser="off")''')
        wait_for("rsyslogd", lambda: os.path.exists(b.path("log")))
        b.send(f"unix://{b.path('log')}?spool={b.path('spool')}", 0, COUNT)
        expect_ids(lambda: b.read("out"), 0, COUNT)


def tcp(framing):
    with Bench() as b:
        port = free_port()
        start(b, f'''module(load="imptcp")
input(type="imptcp" address="127.0.0.1" port="{port}")''')
        wait_for("rsyslogd", listens(port))
        b.send(f"syslog+tcp://127.0.0.1:{port}?framing={framing}"
               f"&spool={b.path('spool')}", 0, COUNT)
        expect_ids(lambda: b.read("out"), 0, COUNT)
        first = b.read("out").splitlines()[0].split("|")
        assert first[:4] == ["3", "ci-7", "attest-bpf", "ForbiddenPath"], first
        assert first[4].startswith('[attest@32473 id="rec-0"'), first
        assert 'path="/etc/shadow"' in first[4], first
        assert first[5].strip() == "opened for reading by cat", first
        hostile = [x for x in b.read("out").splitlines() if '"rec-3"' in x]
        assert "a#012b|c=d" in hostile[0], hostile
        assert len(hostile) == 1


def tcp_octet():
    tcp("octet")


def tcp_lf():
    tcp("lf")


def tls():
    with Bench() as b:
        port = free_port()
        b.certificates()
        start(b, f'''
global(defaultNetstreamDriverCAFile="{b.path("ca.pem")}"
 defaultNetstreamDriverCertFile="{b.path("localhost.pem")}"
 defaultNetstreamDriverKeyFile="{b.path("localhost.key")}")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1"
 streamDriver.authMode="x509/name" permittedPeer=["client"])
input(type="imtcp" address="127.0.0.1" port="{port}")''')
        wait_for("rsyslogd", listens(port))
        url = f"syslog+tls://localhost:{port}?ca={b.path('ca.pem')}"
        us = f"&cert={b.path('client.pem')}&key={b.path('client.key')}"
        b.send(f"{url}{us}&format=ocsf&spool={b.path('spool')}", 0, COUNT)
        expect_ids(lambda: b.read("out"), 0, COUNT)
        # Neither an unknown CA nor another name is believed.
        for bad, why in ((f"syslog+tls://localhost:{port}?spool=none{us}",
                          "self-signed certificate in certificate chain"),
                         (url.replace("localhost", "127.0.0.1") +
                          f"&spool=none{us}", "IP address mismatch")):
            done = subprocess.run([harness.SENDER, bad, "9000", "1", "0", "2"],
                                  capture_output=True, text=True, check=False)
            assert done.returncode == 1 and why in done.stdout, done.stdout
        assert 9000 not in harness.ids(b.read("out"))


main(udp, unix, tcp_octet, tcp_lf, tls)
