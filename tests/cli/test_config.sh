#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# config show: values and where they come from.
# shellcheck source=tests/cli/harness.sh
. "$(dirname "$0")/harness.sh"

printf 'mode: verifiable\nsandbox:\n  security_level: maximum\n' \
	>"$tmp/attest.yaml"
t 0 config show --config "$tmp/attest.yaml"
out '^mode +verifiable +# .*attest.yaml:1$'
out '^isolation_level +container +# mode verifiable$'
out '^security_level +maximum +# .*attest.yaml:3$'
out '^seccomp_profile +maximum +# level maximum$'
t 0 config show --config "$tmp/attest.yaml" --json
json 'd["security_level"]["value"] == "maximum"'
mkdir "$tmp/sub"
cd "$tmp/sub" || exit 1
t 0 config show
out 'attest.yaml:1'
cd / || exit 1
t 2 config show
err 'there is no attest.yaml here or above'
t 2 config frob
err "unknown argument 'frob'"
printf 'mode: verifable\n' >"$tmp/attest.yaml"
t 2 config show --config "$tmp/attest.yaml"
err 'attest.yaml:1:7: .*verifiable'
finish
