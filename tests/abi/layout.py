#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the layouts in the BTF of the programs with a host compiler's.

    layout.py COMPILER INCLUDE-DIR OBJECT

Each struct that include/attest shares with bpf/ becomes static assertions on
its size and on the offset of every member. OBJECT is shared.c's, in which none
of them may be missing.
"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

HEADERS = ("event", "subject", "image")


def btf(obj):
    bpftool = shutil.which("bpftool", path="/usr/sbin:/usr/bin:/sbin:/bin")
    out = subprocess.run([bpftool, "-j", "btf", "dump", "file", obj],
                         check=True, capture_output=True, text=True).stdout
    return json.loads(out)["types"]


def shared(include):
    text = "".join((include / "attest" / f"{name}.h").read_text()
                   for name in HEADERS)
    return set(re.findall(r"^struct (attest_\w+) \{", text, re.M))


def main():
    compiler, include, obj = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    ours = shared(include)
    lines = [f"#include <attest/{name}.h>" for name in HEADERS]
    lines.append("#include <stddef.h>")
    seen, n = set(), 0
    for entry in btf(obj):
        name = entry.get("name")
        if entry["kind"] != "STRUCT" or name not in ours:
            continue
        seen.add(name)
        lines.append(f'_Static_assert(sizeof(struct {name}) == {entry["size"]}, '
                     f'"size of {name}");')
        for member in entry["members"]:
            if member["name"] in ("(anon)", ""):
                continue
            at = member["bits_offset"] // 8
            lines.append(f'_Static_assert(offsetof(struct {name}, {member["name"]}) '
                         f'== {at}, "{name}.{member["name"]}");')
            n += 1
    missing = ours - seen
    if missing:
        sys.exit(f"shared.c has no {', '.join(sorted(missing))}")
    run = subprocess.run([compiler, "-x", "c", "-std=c11", "-fsyntax-only",
                          f"-I{include}", "-"],
                         input="\n".join(lines), text=True, check=False)
    if run.returncode:
        sys.exit(f"{compiler} lays them out otherwise")
    print(f"{len(seen)} structs, {n} members are the same for {compiler}")


main()
