/* SPDX-License-Identifier: Apache-2.0 */
/** librdkafka, loaded when it is first used: see base/lazy.h. Internal to
 * export/. */
#pragma once

#include <librdkafka/rdkafka.h>

#include "base/lazy.h"

#define ATTEST_KAFKA_SONAME "librdkafka.so.1"

/* clang-format off */
#define ATTEST_KAFKA_NAMES(X) \
	X(rd_kafka_conf_destroy) \
	X(rd_kafka_conf_new) \
	X(rd_kafka_conf_set) \
	X(rd_kafka_conf_set_dr_msg_cb) \
	X(rd_kafka_conf_set_error_cb) \
	X(rd_kafka_conf_set_log_cb) \
	X(rd_kafka_conf_set_opaque) \
	X(rd_kafka_destroy) \
	X(rd_kafka_err2str) \
	X(rd_kafka_flush) \
	X(rd_kafka_new) \
	X(rd_kafka_poll) \
	X(rd_kafka_producev) \
	X(rd_kafka_purge) \
	X(rd_kafka_topic_destroy) \
	X(rd_kafka_topic_new)
/* clang-format on */

ATTEST_KAFKA_NAMES(ATTEST_LAZY_DECLARE)

#define rd_kafka_conf_destroy attest_lazy_rd_kafka_conf_destroy
#define rd_kafka_conf_new attest_lazy_rd_kafka_conf_new
#define rd_kafka_conf_set attest_lazy_rd_kafka_conf_set
#define rd_kafka_conf_set_dr_msg_cb attest_lazy_rd_kafka_conf_set_dr_msg_cb
#define rd_kafka_conf_set_error_cb attest_lazy_rd_kafka_conf_set_error_cb
#define rd_kafka_conf_set_log_cb attest_lazy_rd_kafka_conf_set_log_cb
#define rd_kafka_conf_set_opaque attest_lazy_rd_kafka_conf_set_opaque
#define rd_kafka_destroy attest_lazy_rd_kafka_destroy
#define rd_kafka_err2str attest_lazy_rd_kafka_err2str
#define rd_kafka_flush attest_lazy_rd_kafka_flush
#define rd_kafka_new attest_lazy_rd_kafka_new
#define rd_kafka_poll attest_lazy_rd_kafka_poll
#define rd_kafka_producev attest_lazy_rd_kafka_producev
#define rd_kafka_purge attest_lazy_rd_kafka_purge
#define rd_kafka_topic_destroy attest_lazy_rd_kafka_topic_destroy
#define rd_kafka_topic_new attest_lazy_rd_kafka_topic_new
