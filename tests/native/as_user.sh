#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a test program as the unprivileged user 65534. Its own copy, since the
# build tree may lie below a directory that only root can enter.
set -eu
if [ "$(id -u)" != 0 ]; then
	echo "already an unprivileged user, skipped"
	exit 77
fi
dir=$(mktemp -d /tmp/attest-as-user.XXXXXX)
trap 'rm -rf "$dir"' EXIT
cp "$1" "$dir/program"
chmod 755 "$dir" "$dir/program"
cd /
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
	"$dir/program"
