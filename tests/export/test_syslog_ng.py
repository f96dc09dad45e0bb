# SPDX-License-Identifier: Apache-2.0
"""syslog-ng over UDP, TCP with both framings, and mutual TLS."""
import glob
import os
import socket
import subprocess

import harness
from harness import Bench, expect_ids, free_port, listens, main, receiver, \
    wait_for

ROOT = receiver("syslog-ng")
LIBRARIES = f"{ROOT}/usr/lib/x86_64-linux-gnu"
MODULES = glob.glob(f"{ROOT}/usr/lib/syslog-ng/[0-9]*")[0]
COUNT = 2000


def start(b, source):
    config = b.write("conf", f"""@version: 3.38
options {{ keep-hostname(yes); stats-freq(0); }};
source s {{ {source} }};
destination d {{
    file("{b.path("out")}"
        template("$LEVEL_NUM|$HOST|$PROGRAM|$MSGID|$SDATA|$MSG\\n"));
    file("{b.path("values")}"
        template("${{.SDATA.attest@32473.id}} ${{.SDATA.attest@32473.path}}\\n"));
}};
log {{ source(s); destination(d); }};
""")
    return b.start(
        f"{ROOT}/usr/sbin/syslog-ng", "-F", "-f", config,
        f"--module-path={MODULES}", f"--persist-file={b.path('persist')}",
        f"--pidfile={b.path('pid')}", f"--control={b.path('control')}",
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LD_LIBRARY_PATH":
             f"{LIBRARIES}:{ROOT}/usr/lib/syslog-ng"})


def udp():
    with Bench() as b:
        port = free_port(socket.SOCK_DGRAM)
        start(b, f'syslog(ip("127.0.0.1") port({port}) transport("udp") '
                 'so-rcvbuf(4194304));')
        wait_for("syslog-ng", lambda: os.path.exists(b.path("control")))
        harness.time.sleep(0.5)
        b.send(f"syslog+udp://127.0.0.1:{port}?spool=none", 0, 500, 50)
        expect_ids(lambda: b.read("out"), 0, 500)


def tcp(source, framing):
    with Bench() as b:
        port = free_port()
        start(b, source.format(port=port))
        wait_for("syslog-ng", listens(port))
        b.send(f"syslog+tcp://127.0.0.1:{port}?framing={framing}"
               f"&spool={b.path('spool')}", 0, COUNT)
        expect_ids(lambda: b.read("out"), 0, COUNT)
        first = next(x for x in b.read("out").splitlines() if '"rec-0"' in x)
        level, host, program, msgid, data, text = first.split("|", 5)
        assert (level, host, program, msgid) == (
            "3", "ci-7", "attest-bpf", "ForbiddenPath"), first
        assert 'path="/etc/shadow"' in data, first
        assert text == "opened for reading by cat", first
        # Every character that needs an escape, as another parser reads it.
        values = dict(x.split(" ", 1) for x in
                      b.read("values").splitlines())
        assert values["rec-3"] == \
            '/tmp/a#012b|c=d\\e"f]g#011\ufffd\xe4#001', values["rec-3"]


def tcp_octet():
    tcp('syslog(ip("127.0.0.1") port({port}) transport("tcp"));', "octet")


def tcp_lf():
    tcp('network(ip("127.0.0.1") port({port}) transport("tcp") '
        "flags(syslog-protocol));", "lf")


def tls():
    with Bench() as b:
        port = free_port()
        b.certificates()
        start(b, f'''syslog(ip("127.0.0.1") port({port}) transport("tls")
            tls(key-file("{b.path("localhost.key")}")
                cert-file("{b.path("localhost.pem")}")
                ca-file("{b.path("ca.pem")}")
                peer-verify(required-trusted)));''')
        wait_for("syslog-ng", listens(port))
        url = (f"syslog+tls://localhost:{port}?ca={b.path('ca.pem')}"
               f"&format=ocsf&spool=")
        b.send(url + b.path("spool") + f"&cert={b.path('client.pem')}"
               f"&key={b.path('client.key')}", 0, COUNT)
        expect_ids(lambda: b.read("out"), 0, COUNT)
        # Without a certificate nothing gets in, and we are told.
        subprocess.run([harness.SENDER, url + b.path("other"), "9000", "1",
                        "0", "0"], capture_output=True, check=False)
        done = subprocess.run(
            [harness.TOOL, "export", "--replay", b.path("other"),
             "--deadline", "3s"], capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        assert "certificate required" in done.stderr, done.stderr
        assert "1 record waits in" in done.stderr, done.stderr
        assert 9000 not in harness.ids(b.read("out"))


main(udp, tcp_octet, tcp_lf, tls)
