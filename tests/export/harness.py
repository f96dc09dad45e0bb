# SPDX-License-Identifier: Apache-2.0
"""What the receiver tests share: a directory, ports, children, the sender."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SENDER = sys.argv[1] if len(sys.argv) > 1 else "export_sender"
TOOL = sys.argv[2] if len(sys.argv) > 2 else "attest-bpf"


def need(*programs):
    """The programs' paths; exit 77 says which one is missing."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/lib/systemd"
    found = [shutil.which(p, path=path) for p in programs]
    for program, where in zip(programs, found):
        if not where:
            print(f"skipped: {program} is not installed")
            sys.exit(77)
    return found if len(found) > 1 else found[0]


def receiver(name):
    """Where scripts/receivers put one; exit 77 if it cannot be had."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "../../scripts/receivers")
    done = subprocess.run([script, name], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        print(f"skipped: no {name}: {done.stderr.splitlines()[-1:]}")
        sys.exit(77)
    return done.stdout.strip()


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, check, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return
        time.sleep(0.05)
    raise AssertionError(f"timed out: {what}")


def listens(port):
    def check():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0
    return check


class Bench:
    """A temporary directory and the processes started in it."""

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="attest-export-")
        self.children = []
        return self

    def __exit__(self, *_):
        for child in self.children:
            self.stop(child, signal.SIGTERM)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def start(self, *command, **options):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)
        self.children.append(child)
        return child

    def stop(self, child, sig=signal.SIGTERM):
        if child.poll() is None:
            child.send_signal(sig)
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def send(self, url, first, count, pause_ms=0, env=None):
        """Runs the sender to its end; its status line must say all is sent."""
        done = subprocess.run(
            [SENDER, url, str(first), str(count), str(pause_ms)],
            capture_output=True, text=True, timeout=60,
            env={**os.environ, **(env or {})}, check=False)
        assert done.returncode == 0, done.stdout[-400:] + done.stderr[-400:]
        return done.stdout.splitlines()[-1]

    def read(self, name):
        try:
            with open(self.path(name), "rb") as f:
                return f.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def certificates(self):
        """A CA, a server certificate for localhost, a client certificate."""
        def openssl(*args):
            subprocess.run(["openssl", *args], check=True,
                           capture_output=True, cwd=self.dir)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem")
        for name in ("localhost", "client"):
            openssl("req", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    f"/CN={name}", "-keyout", f"{name}.key", "-out",
                    f"{name}.csr")
            self.write("ext", f"subjectAltName=DNS:{name}\n")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem",
                    "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                    "-extfile", "ext", "-out", f"{name}.pem")


def ids(text):
    return {int(i) for i in re.findall(r"\brec-(\d+)\b", text)}


def expect_ids(read, first, count):
    """The set of ids received equals the set sent."""
    want = set(range(first, first + count))
    try:
        wait_for("all records", lambda: ids(read()) >= want)
    finally:
        got = ids(read())
        assert got == want, (f"missing {sorted(want - got)[:5]} "
                             f"extra {sorted(got - want)[:5]}")


def main(*tests):
    for test in tests:
        begin = time.monotonic()
        test()
        print(f"ok {test.__name__} {time.monotonic() - begin:.1f} s",
              flush=True)
