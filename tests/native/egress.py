#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The two sides of egress.sh.

egress.py serve READY   resolvers and servers, until it is killed
egress.py try NAME...   attempts, one line each: NAME RESULT
"""
import ctypes
import mmap
import os
import signal
import socket
import struct
import sys
import threading
import time

RESOLVER = "10.99.0.53"
OTHER_RESOLVER = "10.99.0.54"
A = 1
CNAME = 5
AAAA = 28

# What the resolvers say: name: (type, data, ttl) of each answer.
ZONE = {
    "registry.test": [(A, "10.99.0.7", 5)],
    "long.test": [(CNAME, "a.cdn.test", 300), (CNAME, "b.cdn.test", 300),
                  (A, "10.99.0.8", 300)],
    "six.test": [(AAAA, "fd99::7", 300)],
    "a.wild.test": [(A, "10.99.0.9", 300)],
    "wild.test": [(A, "10.99.0.10", 300)],
    "evil.test": [(A, "10.99.0.66", 300)],
    "rebind.wild.test": [(A, "127.0.0.1", 300)],
    "tcp.wild.test": [(A, "10.99.0.11", 300)],
}
ZONE_OTHER = {"registry.test": [(A, "10.99.0.66", 300)]}


def wire(name):
    labels = name.rstrip(".").split(".")
    return b"".join(bytes([len(x)]) + x.encode() for x in labels) + b"\0"


def read_name(data, at):
    labels = []
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode("latin1"))
        at += 1 + data[at]
    return ".".join(labels), at + 1


def answer(query, zone):
    name, at = read_name(query, 12)
    records = zone.get(name.lower(), [])
    out = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(records), 0, 0)
    out += query[12:at + 4]
    owner = b"\xc0\x0c"
    for kind, data, ttl in records:
        if kind == A:
            rdata = socket.inet_aton(data)
        elif kind == AAAA:
            rdata = socket.inet_pton(socket.AF_INET6, data)
        else:
            rdata = wire(data)
        out += owner + struct.pack(">HHIH", kind, 1, ttl, len(rdata)) + rdata
        if kind == CNAME:
            owner = rdata
    return out


def serve_dns(address, zone, ready):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, 53))
    tcp = socket.create_server((address, 53))

    def over_tcp():
        while True:
            peer, _ = tcp.accept()
            size = struct.unpack(">H", peer.recv(2))[0]
            out = answer(peer.recv(size), zone)
            peer.sendall(struct.pack(">H", len(out)) + out)
            if b"\x05split" in out:
                # Bytes of a longer answer of who owns split.test, which a
                # segment begins with.
                time.sleep(0.2)
                fake = answer(bytes(12) + wire("registry.test") +
                              struct.pack(">HH", A, 1), ZONE_OTHER)
                peer.sendall(struct.pack(">H", len(fake)) + fake)
                peer.recv(1)
            peer.close()

    threading.Thread(target=over_tcp, daemon=True).start()
    ready.release()
    while True:
        query, peer = udp.recvfrom(4096)
        udp.sendto(answer(query, zone), peer)


def accept_all(server):
    while True:
        server.accept()[0].close()


def serve(path):
    ready = threading.Semaphore(0)
    for args in ((RESOLVER, ZONE), (OTHER_RESOLVER, ZONE_OTHER)):
        threading.Thread(target=serve_dns, args=(*args, ready),
                         daemon=True).start()
    servers = [socket.create_server(("10.99.0.%d" % i, 443))
               for i in (7, 8, 9, 10, 11, 66)]
    servers.append(socket.create_server(("fd99::7", 443),
                                        family=socket.AF_INET6))
    for s in servers:
        threading.Thread(target=accept_all, args=(s,), daemon=True).start()
    ready.acquire()
    ready.acquire()
    with open(path, "w", encoding="ascii"):
        pass
    visit(path + ".port")


def visit(path):
    """Comes to who listens there."""
    while not os.path.exists(path):
        time.sleep(0.05)
    with open(path, encoding="ascii") as f:
        port = int(f.read())
    s = socket.socket()
    s.settimeout(4)
    try:
        s.connect(("127.0.0.1", port))
    except OSError:
        pass
    threading.Event().wait()


def ask(name, resolver=RESOLVER, raw=None, source=None, tcp=False, kind=A,
        wait=0):
    query = os.urandom(2) + struct.pack(">HHHHH", 0x100, 1, 0, 0, 0)
    query += (raw or wire(name)) + struct.pack(">HH", kind, 1)
    s = socket.socket(socket.AF_INET,
                      socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    s.settimeout(2)
    if source:
        s.bind(source)
    s.connect((resolver, 53))
    s.send((struct.pack(">H", len(query)) if tcp else b"") + query)
    time.sleep(wait)
    return s.recv(4096)


def connect(address, port=443, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind)
    s.settimeout(2)
    s.connect((address, port))
    s.close()


def own_resolver():
    """A server of the subject's own, on another address of its own."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.2", 53))


def in_own_netns():
    """The resolver's address in a network namespace of the subject's own."""
    pid = os.fork()
    if pid == 0:
        code = ("ip link set lo up; ip addr add 10.99.0.53/32 dev lo;"
                "exec python3 %s own" % os.path.abspath(__file__))
        os.execvp("unshare", ["unshare", "-n", "sh", "-c", code])
    if os.waitpid(pid, 0)[1]:
        raise OSError(1, "no answer there")
    connect("10.99.0.66")


def own():
    """In that namespace: answers a question of its own."""
    ready = threading.Semaphore(0)
    zone = {"registry.test": [(A, "10.99.0.66", 300)]}
    threading.Thread(target=serve_dns, args=(RESOLVER, zone, ready),
                     daemon=True).start()
    ready.acquire()
    try:
        ask("registry.test")
    except TimeoutError:
        sys.exit(1)


def peer_of(s):
    try:
        return s.getpeername()[0]
    except OSError:
        return None  # closed already


def race():
    """Somebody else rewrites the address while connect(2) reads it."""
    libc = ctypes.CDLL(None, use_errno=True)
    good = struct.pack("<H", socket.AF_INET) + struct.pack(">H", 443) + \
        socket.inet_aton("10.99.0.7") + bytes(8)
    bad = good[:4] + socket.inet_aton("10.99.0.66") + bytes(8)
    memory = mmap.mmap(-1, 16)
    pid = os.fork()
    while pid == 0:
        memory[:] = bad
        memory[:] = good
    address = (ctypes.c_char * 16).from_buffer(memory)
    reached = 0
    for _ in range(2000):
        with socket.socket() as s:
            if libc.connect(s.fileno(), address, 16) == 0:
                reached += peer_of(s) == "10.99.0.66"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    if not reached:
        raise OSError(1, "never reached")


def unspec():
    """A connected socket is freed, then sends elsewhere."""
    libc = ctypes.CDLL(None, use_errno=True)
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((RESOLVER, 53))
    libc.connect(s.fileno(), bytes(16), 16)
    s.sendto(b"x", ("10.99.0.66", 443))


def after_connect():
    """UDP sendmsg elsewhere on a socket that is connected to a listed one."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((RESOLVER, 53))
    s.sendmsg([b"x"], [], 0, ("10.99.0.66", 443))


def fast_open():
    s = socket.socket()
    s.sendto(b"x", socket.MSG_FASTOPEN, ("10.99.0.66", 443))


def marked():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, 36, 1)  # SO_MARK
    s.connect(("10.99.0.66", 443))


def split():
    """An answer within another's, at the start of a segment."""
    ask("split.test", tcp=True, wait=0.5)
    connect("10.99.0.66")


def dotted_label():
    """One label with a dot in it."""
    ask("", raw=b"\x0dregistry.test\0")
    connect("10.99.0.7")


def listen():
    """Without a bind: the kernel picks a port, and somebody comes."""
    s = socket.socket()
    s.listen(1)
    s.settimeout(2)
    path = os.environ["EGRESS_PORT"]
    with open(path + ".new", "w", encoding="ascii") as f:
        f.write(str(s.getsockname()[1]))
    os.rename(path + ".new", path)
    try:
        s.accept()
    except TimeoutError as e:
        raise OSError(1, "nobody came through") from e


ATTEMPTS = {
    "before": lambda: connect("10.99.0.7"),
    "ask": lambda: ask("registry.test"),
    "named": lambda: connect("10.99.0.7"),
    "named_mapped": lambda: connect("::ffff:10.99.0.7",
                                    family=socket.AF_INET6),
    "named_port": lambda: connect("10.99.0.7", 80),
    "named_udp": lambda: connect("10.99.0.7", kind=socket.SOCK_DGRAM),
    "chain": lambda: (ask("LONG.test"), connect("10.99.0.8")),
    "six": lambda: (ask("six.test", kind=AAAA),
                    connect("fd99::7", family=socket.AF_INET6)),
    "wild": lambda: (ask("a.wild.test"), connect("10.99.0.9")),
    "wild_itself": lambda: (ask("wild.test"), connect("10.99.0.10")),
    "tcp": lambda: (ask("tcp.wild.test", tcp=True), connect("10.99.0.11")),
    "evil": lambda: (ask("evil.test"), connect("10.99.0.66")),
    "rebind": lambda: (ask("rebind.wild.test"), connect("127.0.0.1", 443)),
    "other_resolver": lambda: ask("registry.test", OTHER_RESOLVER),
    "own_resolver": own_resolver,
    "in_own_netns": in_own_netns,
    "race": race,
    "unspec": unspec,
    "after_connect": after_connect,
    "fast_open": fast_open,
    "marked": marked,
    "split": split,
    "dotted_label": dotted_label,
    "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "ping": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1),
    "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "vsock": lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM),
    "mptcp": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262),
    "listen": listen,
    "route": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
    "unix": socket.socketpair,
}


def main():
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    elif sys.argv[1] == "own":
        own()
    else:
        for name in sys.argv[2:]:
            try:
                ATTEMPTS[name]()
                print(name, "ok", flush=True)
            except OSError as e:
                print(name, "refused" if e.errno in (1, 13) else e,
                      flush=True)


main()
