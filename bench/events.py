"""Events a second with journaled acknowledgement, one at a time and in bulk, beside a minimal asynchronous service.

    .venv/bin/python -m bench.events

Both services run one worker on the same mongod and take turns in short rounds. Ours runs as shipped: guards, counters
kept, a log line for each request.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from bench import http_load, rig
from tests.support.server import free_port

BULK = 20
TYPES = ("focus_lost", "focus_regained", "no_face", "face_detected", "copy", "tab_hidden", "tab_visible", "paste")
WAYS = {"single": 1, f"bulk of {BULK}": BULK}
START_TIMEOUT_S = 20


@dataclass
class Service:
    """A service under load, and what the rounds so far have shown, by way of posting."""

    name: str
    port: int
    pid: int
    sessions: list[str] = field(default_factory=list)
    rates: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    waits_ms: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    cpu_us: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})

    def measure(self, way: str, seconds: float) -> None:
        """Load the service for one round."""
        requests = [self._request(session_id, at, WAYS[way]) for at, session_id in enumerate(self.sessions)]
        cpu_before = rig.cpu_seconds(self.pid)
        load = http_load.run(self.port, requests, seconds)
        events = load.answers * WAYS[way]
        self.rates[way].append(events / load.seconds)
        self.waits_ms[way] += load.waits_ms
        self.cpu_us[way].append((rig.cpu_seconds(self.pid) - cpu_before) / events * 1e6)

    def _request(self, session_id: str, at: int, number: int) -> bytes:
        events = [_event(TYPES[(at + place) % len(TYPES)]) for place in range(number)]
        body = json.dumps(events if number > 1 else events[0]).encode()
        return http_load.post(f"/sessions/{session_id}/events", body, host=f"127.0.0.1:{self.port}")


def _event(event_type: str) -> dict[str, str]:
    # Without a time, so that the server's stands for it: bytes sent again and again would make one moment of a session.
    return {"event_type": event_type, "message": "Seen by the camera for more than three seconds"}


def main() -> None:
    """Measure both services in turns and print a table."""
    arguments = _parse_arguments()
    with rig.database_server() as url, rig.our_server(url) as server, reference(url) as theirs:
        ours = Service("Proctor", server.port, rig.worker_pid(server))
        services = [ours, theirs]
        for service in services:
            service.sessions = [make_session(service.port, f"Candidate {n}") for n in range(arguments.clients)]
        for number in range(arguments.rounds):
            for service in services if number % 2 else services[::-1]:
                for way in WAYS:
                    service.measure(way, arguments.seconds)
    _print(ours, theirs, arguments)


@contextlib.contextmanager
def reference(mongodb_url: str) -> Iterator[Service]:
    """Run the service to compare with: one uvicorn worker with its fast loop and parser, and no access log."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.reference_service:app", "--port", str(port)]
    speed = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    environ = os.environ | {"MONGODB_URL": mongodb_url, "REFERENCE_DATABASE": "bench_reference"}
    with subprocess.Popen([*command, *speed], env=environ) as process:
        try:
            _wait_for(port)
            yield Service("FastAPI", port, process.pid)
        finally:
            process.terminate()


def make_session(port: int, name: str) -> str:
    """Make a session and return its id."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        body = json.dumps({"candidate_name": name})
        connection.request("POST", "/sessions", body, {"Content-Type": "application/json"})
        return str(json.loads(connection.getresponse().read())["id"])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as probe:
            probe.request("GET", "/health")
            if probe.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("The service to compare with did not start.")


def _print(ours: Service, theirs: Service, arguments: argparse.Namespace) -> None:
    print(f"{arguments.clients} clients, {arguments.rounds} rounds of {arguments.seconds:g} s each, medians")
    print(f"{'':24}{'events/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs/event':>14}")
    for way in WAYS:
        for service in (ours, theirs):
            waits = service.waits_ms[way]
            spread = f"{rig.percentile(waits, 0.5):9.1f}{rig.percentile(waits, 0.99):9.1f}"
            numbers = f"{median(service.rates[way]):10.0f}{spread}{median(service.cpu_us[way]):14.0f}"
            print(f"{service.name:10}{way:14}{numbers}")
    for way in WAYS:
        ratio = rig.median_ratio(ours.rates[way], theirs.rates["single"])
        print(f"ours, {way}: {ratio:.1f} times the events/s of the other's single posts")
    same = rig.median_ratio(ours.rates[f"bulk of {BULK}"], theirs.rates[f"bulk of {BULK}"])
    print(f"bulk against bulk: {same:.1f} times")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=1.5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
