#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A long-running program for `attest-bpf watch`: works for so many rounds, and
# now and then touches what it should not.
rounds=${1:-5}
i=0
while [ "$i" -lt "$rounds" ]; do
	cat /usr/share/common-licenses/BSD >/dev/null 2>&1
	cat /etc/shadow >/dev/null 2>&1
	touch /usr/local/attest-demo 2>/dev/null
	rm -f /usr/local/attest-demo
	sleep 1
	i=$((i + 1))
done
