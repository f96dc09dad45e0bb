# SPDX-License-Identifier: Apache-2.0
"""Spools that were damaged between two runs: `export --replay` sends the rest.

Nothing crashes, what is missing is said and counted, the others arrive.
"""
import json
import os
import random
import shutil
import struct
import subprocess

import harness
from harness import Bench, free_port, main

COUNT = 3000
FIRST = 1000000
NAMES = [f"rec-{FIRST + i}" for i in range(COUNT)]
HEADER = struct.Struct("<IIQII")


def fill(b):
    """A spool of several segments, whose receiver is not there."""
    url = f"http://127.0.0.1:{free_port()}/?spool={b.path('full')}"
    subprocess.run([harness.SENDER, url + "&spool_max=2M&sync=none",
                    str(FIRST), str(COUNT), "0", "0"], capture_output=True,
                   check=False)
    segments = sorted(x for x in os.listdir(b.path("full"))
                      if x.endswith(".seg"))
    assert len(segments) >= 3, segments
    return segments


def entries(data):
    """Offsets and numbers of a segment's entries."""
    found, at = [], 0
    while at + HEADER.size <= len(data):
        magic, size, seq, _, _ = HEADER.unpack_from(data, at)
        if magic != 0x50535441:
            break
        found.append((at, seq))
        at += (HEADER.size + size + 7) // 8 * 8
    return found


def replay(b, name, damage, lost, message="lost (in gap records)"):
    """Damages a copy, replays it twice: into a file, and by the queue."""
    copy = b.path(name)
    shutil.copytree(b.path("full"), copy)
    damage(copy)
    out = b.path(name + ".jsonl")
    done = subprocess.run(
        [harness.TOOL, "export", "--replay", copy, "--export",
         f"file://{out}", "--deadline", "20s"],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, (name, done.returncode, done.stderr)
    rows = [json.loads(x) for x in b.read(name + ".jsonl").splitlines()]
    gaps = {x["id"]: x["gap"]["lost"] for x in rows
            if x["id"].startswith("spool-")}
    got = [x["id"] for x in rows if x["id"].startswith("rec-")]
    assert got == [x for x in NAMES if x in set(got)], f"{name}: order"
    missing = COUNT - len(got)
    assert missing == lost, (name, missing, lost, done.stderr)
    assert sum(gaps.values()) >= min(lost, 1), (name, gaps)
    if lost:
        assert message in done.stderr, (name, done.stderr)
    else:
        assert "lost" not in done.stderr, (name, done.stderr)
    print(f"   {name}: {lost} lost, gap records say {sum(gaps.values())}")
    return gaps


def edit(segment, change):
    """change() gets the bytes and says what they become."""
    def damage(copy):
        path = os.path.join(copy, segment)
        with open(path, "rb") as f:
            data = bytearray(f.read())
        data = change(data)
        with open(path, "wb") as f:
            f.write(data)
    return damage


def flip(at, size=1):
    def change(data):
        for i in range(at, at + size):
            data[i] ^= 0xa5
        return data
    return change


def segments_damaged():
    with Bench() as b:
        segments = fill(b)
        data = {}
        for s in segments:
            with open(os.path.join(b.path("full"), s), "rb") as f:
                data[s] = f.read()
        first, second, last = segments[0], segments[1], segments[-1]
        n = {s: len(entries(data[s])) for s in segments}
        in_middle = entries(data[second])[n[second] // 2][0]
        tail = entries(data[last])[-1][0]
        used = len(data[last].rstrip(b"\0"))

        replay(b, "untouched", lambda copy: None, 0)
        for field, at in (("magic", 0), ("length", 4), ("number", 8),
                          ("checksum", 16), ("padding", 20)):
            gaps = replay(b, f"first header's {field}",
                          edit(first, flip(at)), 1)
            assert sum(gaps.values()) == 1
        gaps = replay(b, "middle of a record",
                      edit(second, flip(in_middle + 40)), 1)
        assert sum(gaps.values()) == 1
        gaps = replay(b, "a page of noise", edit(second, lambda d: d[
            :8192] + random.Random(6).randbytes(4096) + d[12288:]),
            sum(at < 12288 and at2 > 8192 for (at, _), (at2, _) in zip(
                entries(data[second]), entries(data[second])[1:])))
        replay(b, "tail cut in a record", edit(last, lambda d: d[
            :tail + 50]), 1)
        replay(b, "tail cut in a header", edit(last, lambda d: d[
            :tail + 3]), 1)
        replay(b, "tail flipped", edit(last, flip(used - 1)), 1)
        for name, segment in (("first", first), ("middle", second)):
            for kind, change in (
                    ("empty", lambda d: b""),
                    ("zeros", lambda d: bytes(len(d))),
                    ("noise", lambda d: random.Random(7).randbytes(len(d))),
                    ("cut to a byte", lambda d: d[:1])):
                gaps = replay(b, f"{name} segment {kind}",
                              edit(segment, change), n[segment])
                assert sum(gaps.values()) == n[segment]
        gaps = replay(b, "middle segment gone", lambda copy: os.unlink(
            os.path.join(copy, second)), n[second])
        assert sum(gaps.values()) == n[second]


def other_files_damaged():
    with Bench() as b:
        fill(b)

        def write(name, data):
            def damage(copy):
                with open(os.path.join(copy, name), "wb") as f:
                    f.write(data)
            return damage

        for kind, text in (("empty", b""), ("cut", b"\1\2\3"),
                           ("noise", random.Random(8).randbytes(32)),
                           ("too long", b"\xff" * 5000)):
            replay(b, f"cursor {kind}", write("cursor", text), 0)
            replay(b, f"url {kind}", write("url", text), 0)
        replay(b, "strange files", lambda copy: (
            write("99999999999999999999.seg", b"x")(copy),
            write("00000000000000000000.seg", b"")(copy),
            write("1.seg", b"x")(copy),
            os.mkdir(os.path.join(copy, "00000000000000000042.seg")),
            os.symlink("/dev/zero",
                       os.path.join(copy, "00000000000000000043.seg"))), 0)
        replay(b, "lock gone", lambda copy: os.unlink(
            os.path.join(copy, "lock")), 0)


def says(b, args, status, text):
    done = subprocess.run([harness.TOOL, "export", *args], timeout=30,
                          capture_output=True, text=True, check=False)
    assert done.returncode == status and text in done.stderr, (
        args, done.returncode, done.stderr)
    assert len(done.stderr.splitlines()) == 1, done.stderr
    print(f"   {done.stderr.strip()}".replace(b.dir, "DIR"))


def what_is_no_spool():
    with Bench() as b:
        fill(b)
        os.mkdir(b.path("none"))
        says(b, ["--replay", b.path("none")], 2, "is no spool")
        says(b, ["--replay", b.path("nowhere")], 2, "No such file")
        for kind in ("", "\1\2", "gopher://x/"):
            b.write("full/url", kind)
            says(b, ["--replay", b.path("full")], 2, "")


main(segments_damaged, other_files_damaged, what_is_no_spool)
