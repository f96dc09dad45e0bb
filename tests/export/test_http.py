# SPDX-License-Identifier: Apache-2.0
"""HTTP receivers that misbehave: webhook, _bulk, OTLP JSON, Splunk HEC.

The HEC stub is written from Splunk's documentation: no real one is free.
"""
import gzip
import json
import random
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import harness
from harness import Bench, main

TOKEN = "s3cret-t0ken"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.got = []
        self.requests = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        with self.server.lock:
            self.server.requests += 1
            number = self.server.requests
            status, reply, headers = self.server.answer(self, number, body)
        if status == 0:  # a reset instead of an answer
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        reply = reply.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)


def run(answer, url, count, **options):
    server = Server(answer)
    try:
        with Bench() as b:
            line = b.send(url.format(port=server.port,
                                     spool=b.path("spool")),
                          0, count, **options)
            assert TOKEN not in line
    finally:
        server.shutdown()
        server.server_close()
    return server, line


def lines(body):
    return [json.loads(x) for x in body.decode().splitlines()]


def webhook():
    got = []

    def answer(request, number, body):
        assert request.headers["Authorization"] == "Bearer " + TOKEN
        kind = number % 6
        if kind == 1:
            return 503, "later", {}
        if kind == 2:
            return 429, "slow down", {"Retry-After": "1"}
        if kind == 3:
            got.extend(x["id"] for x in lines(body))
            return 0, "", {}  # taken, but we are not told
        if kind == 4:
            time.sleep(0.5)
        got.extend(x["id"] for x in lines(body))
        return 200, "{}", {}

    run(answer, "http://127.0.0.1:{port}/hook?token_env=HOOK&spool={spool}",
        4000, env={"HOOK": TOKEN})
    assert set(got) == {f"rec-{i}" for i in range(4000)}
    assert len(got) > 4000  # at least once, and here more often


def bad_record_is_rejected_alone():
    got = []

    def answer(request, number, body):
        if b'"rec-77"' in body:
            return 400, "no 77 please", {}
        got.extend(x["id"] for x in lines(body))
        return 200, "{}", {}

    server = Server(answer)
    with Bench() as b:
        import subprocess
        done = subprocess.run(
            [harness.SENDER, f"http://127.0.0.1:{server.port}/?spool=none",
             "0", "500", "0", "3"], capture_output=True, text=True,
            check=False)
        assert "499 of 500 records sent" in done.stdout, done.stdout
        assert "1 rejected" in done.stdout, done.stdout
        assert "HTTP 400: no 77 please" in done.stdout, done.stdout
        assert b.dir
    server.shutdown()
    server.server_close()
    assert len(got) == 499


def bulk():
    store = {}
    dice = random.Random(6)

    def answer(request, number, body):
        assert request.path == "/violations/_bulk", request.path
        rows = lines(body)
        items = []
        for action, doc in zip(rows[::2], rows[1::2]):
            key = action["create"]["_id"]
            assert doc["event"]["id"] == key
            status = dice.choice([201, 201, 201, 429, 503])
            if status == 201 and key in store:
                status = 409
            elif status == 201:
                store[key] = doc
            items.append({"create": {"_id": key, "status": status}})
        errors = any(x["create"]["status"] > 299 for x in items)
        return 200, json.dumps({"errors": errors, "items": items}), {}

    run(answer, "elastic+http://127.0.0.1:{port}/violations?spool={spool}",
        3000)
    assert set(store) == {f"rec-{i}" for i in range(3000)}


def otlp_json():
    got = []

    def answer(request, number, body):
        assert request.path == "/v1/logs"
        assert request.headers["Content-Type"] == "application/json"
        root = json.loads(body)
        for logs in root["resourceLogs"][0]["scopeLogs"]:
            for record in logs["logRecords"]:
                for attribute in record["attributes"]:
                    if attribute["key"] == "log.record.uid":
                        got.append(attribute["value"]["stringValue"])
        return 200, "{}", {}

    run(answer, "otlp+http://127.0.0.1:{port}?format=otlp-json&spool={spool}",
        2500)
    assert set(got) == {f"rec-{i}" for i in range(2500)}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """The fields of a protobuf message; whatever is left over fails."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = data[at:at + 8], at + 8
        else:
            assert kind == 2, kind
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            assert len(value) == size
        yield tag >> 3, value


def otlp_protobuf():
    got = []

    def answer(request, number, body):
        assert request.headers["Content-Type"] == "application/x-protobuf"
        for _, resource_logs in fields(body):
            for n, scope_logs in fields(resource_logs):
                for m, record in fields(scope_logs) if n == 2 else ():
                    for k, pair in fields(record) if m == 2 else ():
                        if k != 6:
                            continue
                        key, value = (v for _, v in fields(pair))
                        if key == b"log.record.uid":
                            got.append(dict(fields(value))[1].decode())
        return 200, "", {}

    run(answer, "otlp+http://127.0.0.1:{port}?spool={spool}", 2500)
    assert set(got) == {f"rec-{i}" for i in range(2500)}


def splunk():
    pending, done, asked = {}, set(), [0]

    def answer(request, number, body):
        assert request.headers["Authorization"] == "Splunk " + TOKEN
        channel = request.headers["X-Splunk-Request-Channel"]
        assert len(channel) == 36
        if request.path.startswith("/services/collector/ack?channel="):
            assert request.path.endswith(channel)
            asked[0] += 1
            wanted = json.loads(body)["acks"]
            ready = asked[0] % 3 == 0
            if ready:
                for i in wanted:
                    done.update(pending.pop(i))
            return 200, json.dumps({"acks": {str(i): ready
                                             for i in wanted}}), {}
        assert request.path == "/services/collector/event"
        decoder, text, events = json.JSONDecoder(), body.decode(), []
        while text:
            event, end = decoder.raw_decode(text)
            assert event["index"] == "sec" and event["host"] == "ci-7"
            events.append(event["event"]["id"])
            text = text[end:]
        if number == 1:
            return 503, '{"text":"Server is busy","code":9}', {}
        pending[number] = events
        return 200, json.dumps({"text": "Success", "code": 0,
                                "ackId": number}), {}

    with Bench() as b:
        token = b.write("token", TOKEN + "\n")
        run(answer, "splunk+http://127.0.0.1:{port}?token_file=" + token +
            "&index=sec&spool={spool}", 3000)
    assert done == {f"rec-{i}" for i in range(3000)}


main(webhook, bad_record_is_rejected_alone, bulk, otlp_json, otlp_protobuf,
     splunk)
