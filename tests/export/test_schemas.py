# SPDX-License-Identifier: Apache-2.0
"""Formats against published schemas and parsers that know nothing of us.

data/README.md says where the schemas are from and what is left of them.
"""
import base64
import csv
import ipaddress
import json
import os
import re

from harness import Bench, main

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
PATH = b"/tmp/a\nb|c=d\\e\"f]g\t\xff\xc3\xa4\x01"
SEEN = PATH.decode("utf-8", "replace")


def records(form, count=10):
    with Bench() as b:
        b.send(f"file://{b.path('out')}?format={form}", 0, count)
        text = b.read("out")
    rows = text.split("\n")
    assert rows.pop() == "" and len(rows) == count, len(rows)
    return rows


def has_type(kind, value):
    number = isinstance(value, int) and not isinstance(value, bool)
    if kind in ("integer_t", "long_t", "timestamp_t", "port_t"):
        return number
    if kind == "boolean_t":
        return isinstance(value, bool)
    if kind == "float_t":
        return number or isinstance(value, float)
    if kind == "json_t":
        return True
    if kind == "ip_t":
        return bool(ipaddress.ip_address(value))
    return isinstance(value, str)


def check_ocsf(schema, what, definition, value, profiles, where):
    attributes = {
        k: a for k, a in definition["attributes"].items()
        if not a.get("profiles") or set(a["profiles"]) & profiles}
    for key in value:
        assert key in attributes, f"{where}: unknown '{key}' in {what}"
        assert not attributes[key].get("@deprecated"), f"{where}.{key}: old"
    for key, a in attributes.items():
        assert a.get("requirement") != "required" or key in value, \
            f"{where}: {what} needs '{key}'"
    some = (definition.get("constraints") or {}).get("at_least_one")
    assert not some or set(some) & set(value), f"{where}: one of {some}"
    for key, v in value.items():
        a = attributes[key]
        assert isinstance(v, list) == bool(a.get("is_array")), f"{where}.{key}"
        for x in v if isinstance(v, list) else [v]:
            if a["type"] == "object_t" and a["object_type"] != "object":
                check_ocsf(schema, a["object_type"],
                           schema["objects"][a["object_type"]], x, profiles,
                           f"{where}.{key}")
            elif a["type"] != "object_t":
                assert has_type(a["type"], x), (where, key, a["type"], x)
                assert "enum" not in a or str(x) in a["enum"], (key, x)


def ocsf():
    path = os.path.join(DATA, "ocsf-detection-finding.json")
    with open(path, encoding="utf-8") as f:
        schema = json.load(f)
    assert schema["version"] == "1.9.0-dev"
    for row in records("ocsf"):
        event = json.loads(row)
        profiles = set(event["metadata"]["profiles"])
        assert profiles <= set(schema["profiles"])
        check_ocsf(schema, "event", schema["classes"]["detection_finding"],
                   event, profiles, "event")


def flatten(value, at=""):
    for key, v in value.items():
        name = f"{at}.{key}" if at else key
        if isinstance(v, dict) and name != "labels":
            yield from flatten(v, name)
        else:
            yield name, v


def check_ecs(known, name, v):
    assert name in known, f"unknown field '{name}'"
    kind, many = known[name]
    assert isinstance(v, list) == many, name
    for x in v if many else [v]:
        if kind == "long":
            assert isinstance(x, int), (name, x)
        elif kind == "ip":
            ipaddress.ip_address(x)
        elif kind == "date":
            assert re.fullmatch(r"[-\d]{10}T[:\d]{8}\.\d{9}Z", x), x
        elif kind == "object":
            assert all(isinstance(i, str) for i in x.values()), (name, x)
        else:
            assert isinstance(x, str), (name, kind, x)


def ecs():
    path = os.path.join(DATA, "ecs-fields.csv")
    with open(path, encoding="utf-8", newline="") as f:
        known = {r["Field"]: (r["Type"], r["Normalization"] == "array")
                 for r in csv.DictReader(f)}
    for row in records("ecs"):
        fields = dict(flatten(json.loads(row)))
        for name, v in fields.items():
            check_ecs(known, name, v)
        assert {"@timestamp", "ecs.version", "event.kind"} <= set(fields)


def split_header(text, n):
    """n fields that end in '|', with '\\|' and '\\\\' taken for what they are."""
    out, field, i = [], "", 0
    while len(out) < n:
        c = text[i]
        if c == "\\":
            assert text[i + 1] in "|\\", text[i:i + 2]
            field += text[i + 1]
            i += 1
        elif c == "|":
            out.append(field)
            field = ""
        else:
            field += c
        i += 1
    return out, text[i:]


def cef():
    names = {"n": "\n", "r": "\r", "\\": "\\", "=": "="}
    for i, row in enumerate(records("cef")):
        assert not re.search(r"[\x00-\x1f\x7f]", row)
        head, rest = split_header(row, 7)
        assert head[0] == "CEF:0" and 0 <= int(head[6]) <= 10
        # A key is a word before an '=' that no backslash escapes.
        marks = list(re.finditer(r"(?:^| )(\w+)=", rest))
        marks = [m for m in marks if rest[m.end() - 2] != "\\"]
        fields = {}
        for m, nxt in zip(marks, marks[1:] + [None]):
            raw = rest[m.end():nxt.start() if nxt else None]
            assert not re.search(r"(?<!\\)(?:\\\\)*=", raw), raw
            fields[m[1]] = re.sub(r"\\(.)", lambda x: names[x[1]], raw)
        assert fields["externalId"] == f"rec-{i}"
        if i == 3:
            assert fields["filePath"] == SEEN.replace("\t", "?").replace(
                "\x01", "?"), fields["filePath"]
            assert base64.b64decode(fields["adPathBase64"]) == PATH
            assert fields["msg"] == 'line one\nline two "quoted" ]\\|='
            assert fields["cs1"] == "/tmp/[a-z]*\\|="


def leef():
    names = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}

    def undo(m):
        return chr(int(m[1][1:], 16)) if m[1][0] == "x" else names[m[1]]

    for i, row in enumerate(records("leef")):
        head, rest = split_header(row, 6)
        assert head[0] == "LEEF:2.0" and head[5] == "x09"
        pairs = dict(x.split("=", 1) for x in rest.split("\t"))
        fields = {k: re.sub(r"\\(x..|.)", undo, v) for k, v in pairs.items()}
        assert fields["recordId"] == f"rec-{i}"
        if i == 3:
            assert fields["resource"] == SEEN
            assert base64.b64decode(fields["pathBase64"]) == PATH


SYSLOG = re.compile(
    r"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) "
    r"([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) "
    r'\[([!-<>-\\^-~]{1,32})((?: [!-<>-\\^-~]{1,32}='
    r'"(?:[^"\\\]]|\\["\\\]])*")*)\] (.*)')


def rfc5424():
    for i, row in enumerate(records("rfc5424")):
        assert not re.search(r"[\x00-\x1f\x7f]", row)
        m = SYSLOG.fullmatch(row)
        assert m, row
        fields = {k: re.sub(r'\\(["\\\]])', r"\1", v) for k, v in
                  re.findall(r' ([^ =]+)="((?:[^"\\\]]|\\.)*)"', m[8])}
        assert fields["id"] == f"rec-{i}"
        if i == 3:
            assert fields["path"] == SEEN.replace("\n", "#012").replace(
                "\t", "#011").replace("\x01", "#001"), fields["path"]
            assert base64.b64decode(fields["path_base64"]) == PATH


def hec():
    for i, row in enumerate(records("hec")):
        event = json.loads(row)
        assert event["event"]["id"] == f"rec-{i}"
        assert event["sourcetype"] == "attest:violation"


main(ocsf, ecs, cef, leef, rfc5424, hec)
