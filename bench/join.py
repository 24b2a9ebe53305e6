"""How fast candidates join: one after the other, as the median of many, and all at once, as before an exam.

.venv/bin/python -m bench.join
"""

from __future__ import annotations

import argparse
import json
from statistics import median

from bench import http_load, rig


def main() -> None:
    """Measure and print."""
    arguments = _parse_arguments()
    with rig.database_server() as url, rig.our_server(url) as server:
        body = json.dumps({"exam_code": "DEMO", "candidate_identifier": "Ada Lovelace"}).encode()
        join = http_load.post("/api/session/join", body, host=f"127.0.0.1:{server.port}")
        for clients in (1, arguments.clients):
            rounds = [http_load.run(server.port, [join] * clients, arguments.seconds) for _ in range(arguments.rounds)]
            waits = [wait for load in rounds for wait in load.waits_ms]
            p50, p99 = rig.percentile(waits, 0.5), rig.percentile(waits, 0.99)
            rate = median(load.rate for load in rounds)
            waited = f"median {p50:.1f} ms, p99 {p99:.1f} ms"
            print(f"{clients:3} clients: {rate:6.0f} joins/s, {waited} ({len(waits)} joins)")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
