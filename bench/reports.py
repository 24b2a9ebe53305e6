"""What reports and lists cost at 100, 10,000 and 100,000 events or sessions.

    .venv/bin/python -m bench.reports

Each size is a server with a database of its own, in which one session has so many events and there are so many
sessions. The servers take turns. A report whose session changed is made anew; that first time is printed by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

from pymongo import MongoClient

from bench import rig
from tests.support.server import Server

SIZES = (100, 10_000, 100_000)
TYPES = ("focus_lost", "focus_regained", "no_face", "face_detected", "copy", "tab_hidden", "tab_visible", "paste")
FILL_AT_ONCE = 5_000
Document = dict[str, Any]


@dataclass
class Filled:
    """A server whose database holds ``size`` sessions, and as many events in one of them."""

    size: int
    session_id: str
    connection: http.client.HTTPConnection
    first_report_ms: float = 0.0
    waits_ms: dict[str, list[float]] = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """What is asked for."""
        session = f"/sessions/{self.session_id}"
        return (f"{session}/report", f"{session}?limit=100", "/sessions?limit=100")

    def ask(self) -> None:
        """Ask for everything once and note how long each took."""
        for address in self.addresses:
            name = address.replace(self.session_id, "<id>")
            self.waits_ms.setdefault(name, []).append(self.time(address))

    def time(self, address: str) -> float:
        """Return how many milliseconds an answer takes."""
        began = perf_counter()
        self.connection.request("GET", address)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")
        return (perf_counter() - began) * 1_000

    def post(self, address: str, body: object) -> dict[str, Any]:
        """Post JSON and return the answer."""
        self.connection.request("POST", address, json.dumps(body), {"Content-Type": "application/json"})
        found: dict[str, Any] = json.loads(self.connection.getresponse().read())
        return found


def main() -> None:
    """Measure all sizes in turns and print a table."""
    arguments = _parse_arguments()
    with rig.database_server() as url, contextlib.ExitStack() as stack:
        filled = [stack.enter_context(fill(url, size)) for size in SIZES]
        for server in filled:
            server.first_report_ms = server.time(server.addresses[0])
        for _ in range(arguments.rounds):
            for server in filled:
                server.ask()
    _print(filled, arguments.rounds)


@contextlib.contextmanager
def fill(mongodb_url: str, size: int) -> Iterator[Filled]:
    """Run a server and fill its database with copies of what the API has made there."""
    with rig.our_server(mongodb_url) as server, contextlib.closing(_connect(server)) as connection:
        filled = Filled(size, "", connection)
        filled.session_id = filled.post("/sessions", {"candidate_name": "Ada Lovelace"})["id"]
        filled.post(f"/sessions/{filled.session_id}/events", {"event_type": TYPES[0]})
        with MongoClient[Document](mongodb_url, tz_aware=True) as client:
            _copy_events(client, server.database, filled.session_id, size)
            _copy_sessions(client, server.database, size)
        yield filled


def _connect(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)


def _copy_events(client: MongoClient[Document], database: str, session_id: str, size: int) -> None:
    events = client[database]["events"]
    pattern = events.find_one({"session_id": session_id})
    assert pattern is not None
    for start in range(1, size, FILL_AT_ONCE):
        numbers = range(start, min(size, start + FILL_AT_ONCE))
        events.insert_many([_event(pattern, session_id, number) for number in numbers], ordered=False)
    counted = events.aggregate([{"$match": {"session_id": session_id}}, {"$sortByCount": "$event_type"}])
    counts = {group["_id"]: group["count"] for group in counted}
    client[database]["sessions"].update_one({"_id": session_id}, {"$set": {"counts": counts}})


def _event(pattern: Document, session_id: str, number: int) -> Document:
    event_id = str(uuid.uuid4())
    made = {"_id": f"{session_id}/{event_id}", "id": event_id, "event_type": TYPES[number % len(TYPES)]}
    return pattern | made | {"timestamp": pattern["timestamp"] + timedelta(milliseconds=30 * number)}


def _copy_sessions(client: MongoClient[Document], database: str, size: int) -> None:
    sessions = client[database]["sessions"]
    pattern = sessions.find_one()
    assert pattern is not None
    for start in range(1, size, FILL_AT_ONCE):
        numbers = range(start, min(size, start + FILL_AT_ONCE))
        sessions.insert_many([_session(pattern, number) for number in numbers], ordered=False)


def _session(pattern: Document, number: int) -> Document:
    session_id, older = str(uuid.uuid4()), timedelta(milliseconds=10 * number)
    return pattern | {"_id": session_id, "handle": uuid.uuid4().hex, "created_at": pattern["created_at"] - older}


def _print(filled: list[Filled], rounds: int) -> None:
    print(f"milliseconds, medians of {rounds}; ratio of the largest to the smallest")
    print(f"{'':32}" + "".join(f"{server.size:>10}" for server in filled) + f"{'ratio':>8}")
    for name in filled[0].waits_ms:
        medians = [median(server.waits_ms[name]) for server in filled]
        print(f"{name:32}" + "".join(f"{ms:10.1f}" for ms in medians) + f"{medians[-1] / medians[0]:8.2f}")
    print(f"{'first HTML report':32}" + "".join(f"{server.first_report_ms:10.1f}" for server in filled))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=60)
    return parser.parse_args()


if __name__ == "__main__":
    main()
