# SPDX-License-Identifier: Apache-2.0
"""The metrics page, checked by promtool and scraped by Prometheus."""
import json
import subprocess
import urllib.error
import urllib.request

import harness
from harness import Bench, free_port, listens, main, need, wait_for

PROMTOOL, PROMETHEUS = need("promtool", "prometheus")


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def answers(url):
    try:
        return bool(get(url))
    except urllib.error.URLError:
        return False


def page_is_sound_and_scraped():
    with Bench() as b:
        port, port2 = free_port(), free_port()
        b.start(harness.SENDER, f"prometheus://127.0.0.1:{port}/metrics", "0",
                "2000", "1000")
        wait_for("page", listens(port))
        url = f"http://127.0.0.1:{port}/metrics"
        wait_for("counters", lambda: 'rule="1",type="ForbiddenPath",'
                 'action="denied",layer="bpf"}' in get(url))
        page = get(url)
        subprocess.run([PROMTOOL, "check", "metrics"], input=page, text=True,
                       check=True, capture_output=True)
        try:
            get(url.replace("/metrics", "/other"))
            raise AssertionError("404 expected")
        except urllib.error.HTTPError as e:
            assert e.code == 404
        config = b.write("p.yml", f"""
global: {{ scrape_interval: 1s }}
scrape_configs:
  - job_name: attest
    static_configs: [ {{ targets: ["127.0.0.1:{port}"] }} ]
""")
        b.start(PROMETHEUS, f"--config.file={config}",
                f"--storage.tsdb.path={b.path('db')}",
                f"--web.listen-address=127.0.0.1:{port2}",
                stderr=subprocess.DEVNULL)
        wait_for("prometheus", listens(port2))
        query = (f"http://127.0.0.1:{port2}/api/v1/query?query="
                 "attest_violations_total")
        # It answers 503 while it starts.
        wait_for("prometheus is ready", lambda: answers(
            f"http://127.0.0.1:{port2}/-/ready"))
        wait_for("a scrape", lambda: json.loads(get(query))["data"]["result"])
        labels = json.loads(get(query))["data"]["result"][0]["metric"]
        assert labels["policy"] == "ci-build", labels


main(page_is_sound_and_scraped)
