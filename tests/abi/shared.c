// SPDX-License-Identifier: GPL-2.0-only
/* Compiled for BPF, never loaded: a global of each type that both sides share,
 * because BTF has only what is used.
 */
#include "vmlinux.h"
#include <attest/event.h>
#include <attest/image.h>
#include <attest/network.h>
#include <attest/subject.h>

#define SHARED(type) struct type shared_##type

SHARED(attest_event_hdr);
SHARED(attest_file_event);
SHARED(attest_process_event);
SHARED(attest_syscall_event);
SHARED(attest_call_event);
SHARED(attest_net_event);
SHARED(attest_dns_event);
SHARED(attest_dns);
SHARED(attest_subject);
SHARED(attest_cgroup_subject);
SHARED(attest_count_key);
SHARED(attest_settings);
SHARED(attest_scan);
SHARED(attest_usage);
SHARED(attest_image_hdr);
SHARED(attest_image_state);
SHARED(attest_image_cell);
SHARED(attest_image_rule);
SHARED(attest_image_net);
SHARED(attest_name_key);
SHARED(attest_query_key);
SHARED(attest_dest_key);
SHARED(attest_net_group);
