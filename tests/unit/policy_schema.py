#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Validates every shipped policy against policies/schema.json, and checks
that the schema refuses what the reader refuses."""
import json
import pathlib
import sys

import jsonschema
import yaml

BAD = [
    {"versoin": 1},
    {"version": 2},
    {"mode": "enforcing"},
    {"filesystem": {"default": "none"}},
    {"filesystem": {"default": "read-only", "rules": [{"path": "/x"}]}},
    {"filesystem": {"rules": [{"path": "x", "access": "read-only"}]}},
    {"filesystem": {"rules": [{"path": "/x", "path_pattern": "/x",
                               "access": "read-only"}]}},
    {"filesystem": {"limits": {"max_file_size": "10 lots"}}},
    {"network": {"default": "disabled", "allow": [{"port": 65536}]}},
    {"grants": ["everything"]},
    {"seccomp": {"profile": "x", "file": "y"}},
]


def main():
    folder = pathlib.Path(sys.argv[1]) / "policies"
    schema = json.loads((folder / "schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failed = 0
    files = sorted(folder.glob("*.yaml")) + sorted(folder.glob("*/*.yaml"))
    if len(files) < 9:
        sys.exit(f"only {len(files)} policies below {folder}")
    for path in files:
        for error in validator.iter_errors(yaml.safe_load(path.read_text())):
            print(f"{path}: {error.json_path}: {error.message}")
            failed += 1
    for document in BAD:
        if validator.is_valid(document):
            print(f"accepted: {json.dumps(document)}")
            failed += 1
    print(f"{len(files)} policies, {len(BAD)} bad documents, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
