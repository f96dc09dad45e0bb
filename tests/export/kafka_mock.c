// SPDX-License-Identifier: Apache-2.0
/**
 * kafka_mock TOPIC PARTITIONS: librdkafka's mock cluster of three brokers,
 * until standard input ends. Prints its address. The first produce requests
 * are answered with errors that a producer must survive.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>

#define PRODUCE 0 /* ApiKey */

int main(int argc, char **argv)
{
	char error[256];
	rd_kafka_mock_cluster_t *cluster;
	rd_kafka_t *handle;

	if (argc < 3)
		return 2;
	handle = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error,
			      sizeof(error));
	cluster = handle ? rd_kafka_mock_cluster_new(handle, 3) : NULL;
	if (!cluster ||
	    rd_kafka_mock_topic_create(cluster, argv[1], atoi(argv[2]), 3))
		return 1;
	rd_kafka_mock_push_request_errors(
	    cluster, PRODUCE, 3, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
	    RD_KAFKA_RESP_ERR__TRANSPORT,
	    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
	(void)printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
	(void)fflush(stdout);
	while (getchar() != EOF)
		;
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(handle);
	return 0;
}
