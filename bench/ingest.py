"""Events over the live channel: how many one worker acknowledges, how soon, and how many candidates it holds.

    .venv/bin/python -m bench.ingest

First our server and a plain Flask-SocketIO handler (bench/plain_ingest_app.py) take turns in short rounds on one
mongod, each with the same messages from the same number of sockets, one message of each under way. Then 500 candidates
send 400 events a second between them, and at last 2,000 are held, with their heartbeats and the same events.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import resource
import selectors
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median

from bench import rig
from bench.raw_socket import RawSocket, unmasked
from tests.support.live import CandidatePage, ExamApp
from tests.support.server import Server

MANY = 1_000_000_000
SIZES = (1, 20)
TYPES = ("window_blur", "window_focus", "no_face", "face_detected", "copy", "tab_hidden", "tab_visible", "paste")
HEARTBEAT_S = 5.0
ACK = b"43/candidate,"
HEARTBEAT_ACK = b"43/candidate,0["
SETTLE_S = 3.0
PINGS_EVERY = 25
FILES_PER_SOCKET = 2

_numbers = itertools.count(1)


@dataclass
class Target:
    """A server under load, its open sockets, and what the rounds so far have shown, by events in a message."""

    name: str
    server: Server
    sockets: list[RawSocket] = field(default_factory=list)
    rates: dict[int, list[float]] = field(default_factory=lambda: {size: [] for size in SIZES})
    cpu_us: dict[int, list[float]] = field(default_factory=lambda: {size: [] for size in SIZES})
    waits_ms: dict[int, list[float]] = field(default_factory=lambda: {size: [] for size in SIZES})

    @property
    def pid(self) -> int:
        """The process that serves."""
        return rig.worker_pid(self.server)


def events_message(size: int, ack_id: int = 1) -> bytes:
    """Return a message with so many events that were never sent before."""
    return unmasked(f'42/candidate,{ack_id}["events",{json.dumps({"events": [_event() for _ in range(size)]})}]')


def _event() -> dict[str, str]:
    number = next(_numbers)
    return {"id": f"{number:08x}-0000-4000-8000-000000000000", "event_type": TYPES[number % len(TYPES)]}


def answer_pings(sockets: Sequence[RawSocket]) -> None:
    """Read what has come and drop it: a socket that answers no pings is hung up after twenty seconds."""
    with watching(sockets) as selector:
        while ready := selector.select(0):
            for key, _ in ready:
                key.data.receive()


def saturate(target: Target, size: int, seconds: float) -> None:
    """Keep one message of each socket under way."""
    sent_at: dict[RawSocket, float] = {}
    cpu_before, began, taken = rig.cpu_seconds(target.pid), time.perf_counter(), 0
    with watching(target.sockets) as selector:
        for one in target.sockets:
            sent_at[one] = time.perf_counter()
            one.socket.sendall(events_message(size))
        while (took := time.perf_counter() - began) < seconds:
            for one in _acknowledged(selector, 1.0):
                now = time.perf_counter()
                target.waits_ms[size].append((now - sent_at[one]) * 1_000)
                taken += size
                sent_at[one] = now
                one.socket.sendall(events_message(size))
        target.rates[size].append(taken / took)
        target.cpu_us[size].append((rig.cpu_seconds(target.pid) - cpu_before) / max(1, taken) * 1e6)
        settled_at = time.perf_counter() + SETTLE_S
        while time.perf_counter() < settled_at and _acknowledged(selector, 0.2):
            pass


@contextlib.contextmanager
def watching(sockets: Sequence[RawSocket]) -> Iterator[selectors.BaseSelector]:
    """Give a selector that knows of all ``sockets``."""
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one.socket, selectors.EVENT_READ, one)
        yield selector


def _acknowledged(selector: selectors.BaseSelector, timeout_s: float) -> list[RawSocket]:
    """Return the sockets whose events were acknowledged; raise ``RuntimeError`` where any were not taken."""
    return [key.data for key, _ in selector.select(timeout_s) for _ in range(_acks_of(key.data))]


def _acks_of(one: RawSocket) -> int:
    """Return how many messages with events were acknowledged in what this socket has received."""
    acks = [text for text in one.receive() if text.startswith(ACK) and not text.startswith(HEARTBEAT_ACK)]
    if refused := [text for text in acks if b'"ok":true' not in text]:
        raise RuntimeError(refused[0][:300].decode())
    return len(acks)


class Hall:
    """Candidates who send heartbeats, and events at a steady pace between them."""

    def __init__(self, sockets: Sequence[RawSocket], per_s: float) -> None:
        self._sockets, self._per_s = sockets, per_s
        self._beat = unmasked('42/candidate,0["heartbeat",{}]')
        self._waiting: dict[RawSocket, list[float]] = {}
        self.waits_ms: list[float] = []
        self.dropped: set[RawSocket] = set()

    def run(self, seconds: float) -> None:
        """Let so much time pass; a wait counts from the moment when its event was due."""
        began = time.perf_counter()
        due_events = ((began + n / self._per_s, n) for n in range(int(seconds * self._per_s)))
        between_s = HEARTBEAT_S / len(self._sockets)
        due_beats = ((began + n * between_s, n) for n in range(int(seconds / between_s)))
        next_event, next_beat = next(due_events), next(due_beats)
        with watching(self._sockets) as selector:
            while (now := time.perf_counter()) < began + seconds:
                while next_event[0] <= now:
                    one = self._sockets[next_event[1] % len(self._sockets)]
                    self._waiting.setdefault(one, []).append(next_event[0])
                    self._send(one, events_message(1))
                    next_event = next(due_events, (began + seconds, 0))
                while next_beat[0] <= now:
                    self._send(self._sockets[next_beat[1] % len(self._sockets)], self._beat)
                    next_beat = next(due_beats, (began + seconds, 0))
                self._hear(selector, max(0.0, min(next_event[0], next_beat[0]) - now))
            self._hear(selector, SETTLE_S)

    def _send(self, one: RawSocket, message: bytes) -> None:
        try:
            one.socket.sendall(message)
        except OSError:
            self.dropped.add(one)

    def _hear(self, selector: selectors.BaseSelector, timeout_s: float) -> None:
        for key, _ in selector.select(timeout_s):
            try:
                acknowledged = _acks_of(key.data)
            except (OSError, RuntimeError):
                self.dropped.add(key.data)
                selector.unregister(key.fileobj)
                continue
            due = self._waiting.get(key.data, [])
            # What comes too late for the hall before this one is nobody's.
            for _ in range(min(acknowledged, len(due))):
                self.waits_ms.append((time.perf_counter() - due.pop(0)) * 1_000)


def main() -> None:
    """Measure, and print what came out."""
    arguments = _parse_arguments()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_PER_SOCKET * arguments.candidates + 1_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))
    with rig.database_server() as url:
        compare(url, arguments)
        hold(url, arguments)


def compare(url: str, arguments: argparse.Namespace) -> None:
    """Let both servers take turns, and print a table."""
    limits = json.dumps({"events_per_second": MANY, "messages_per_second": MANY, "events_per_session": MANY})
    plain_app = {"app": "bench.plain_ingest_app:app", "PROCTOR_EVENTLET_UNMASK": "original"}
    with rig.our_server(url, PROCTOR_LIMITS=limits) as server, rig.our_server(url, **plain_app) as other:
        ours, plain = Target("Proctor", server), Target("plain", other)
        ours.sockets = candidates(server, arguments.clients)
        plain.sockets = [RawSocket(other.port, "/candidate", {}) for _ in range(arguments.clients)]
        for number in range(arguments.rounds):
            for target in (ours, plain) if number % 2 else (plain, ours):
                for size in SIZES:
                    answer_pings([*ours.sockets, *plain.sockets])
                    saturate(target, size, arguments.seconds)
        _print(ours, plain, arguments)
        for one in (*ours.sockets, *plain.sockets):
            one.close()


def hold(url: str, arguments: argparse.Namespace) -> None:
    """Hold a hall of 500, then one of all candidates, and print how soon they are answered, and what each takes."""
    with rig.our_server(url) as server:
        pid = rig.worker_pid(server)
        sockets: list[RawSocket] = []
        for wanted, seconds in ((arguments.hall, arguments.hall_s), (arguments.candidates, arguments.hold_s)):
            memory_before, before = rig.memory_mib(pid), len(sockets)
            sockets += candidates(server, wanted - before, sockets)
            each_kib = (rig.memory_mib(pid) - memory_before) * 1024 / max(1, len(sockets) - before)
            hall = Hall(sockets, arguments.per_s)
            cpu_before = rig.cpu_seconds(pid)
            hall.run(seconds)
            busy = (rig.cpu_seconds(pid) - cpu_before) / seconds
            p50, p99 = rig.percentile(hall.waits_ms, 0.5), rig.percentile(hall.waits_ms, 0.99)
            due = int(seconds * arguments.per_s)
            print(
                f"{len(sockets)} candidates for {seconds:g} s, {arguments.per_s} events/s: "
                f"{len(hall.waits_ms)} of {due} acknowledged, p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
                f"{busy:.0%} of a core, {len(hall.dropped)} dropped; {each_kib:.0f} KiB for each that came"
            )
        for one in sockets:
            one.close()


def candidates(server: Server, number: int, others: Sequence[RawSocket] = ()) -> list[RawSocket]:
    """Return the open sockets of so many candidates who have pressed Start, while ``others`` stay connected."""
    app = ExamApp(server.url)

    def sit(_: int) -> CandidatePage:
        return CandidatePage(server.url, app.join(f"Candidate {next(_numbers)}"))

    opened: list[RawSocket] = []
    with ThreadPoolExecutor(4) as pool:
        for page in pool.map(sit, range(number)):
            opened.append(RawSocket(server.port, "/candidate", {"handle": page.handle}, cookies=page.cookies()))
            page.http.close()
            if len(opened) % PINGS_EVERY == 0:
                answer_pings([*opened, *others])
    return opened


def _print(ours: Target, plain: Target, arguments: argparse.Namespace) -> None:
    print(f"{arguments.clients} sockets, {arguments.rounds} rounds of {arguments.seconds:g} s each, medians")
    print(f"{'':10}{'in a message':>14}{'events/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs/event':>14}")
    for size in SIZES:
        for target in (ours, plain):
            waits = target.waits_ms[size]
            spread = f"{rig.percentile(waits, 0.5):9.1f}{rig.percentile(waits, 0.99):9.1f}"
            print(
                f"{target.name:10}{size:14}{median(target.rates[size]):10.0f}{spread}{median(target.cpu_us[size]):14.0f}"
            )
    for size in SIZES:
        by_rate = rig.median_ratio(ours.rates[size], plain.rates[size])
        by_cpu = rig.median_ratio(plain.cpu_us[size], ours.cpu_us[size])
        print(f"{size} in a message: {by_rate:.1f} times the events/s, {by_cpu:.1f} times for the same processor time")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--clients", type=int, default=64, help="sockets of the comparison")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--hall", type=int, default=500)
    parser.add_argument("--hall-s", type=float, default=20.0)
    parser.add_argument("--candidates", type=int, default=2_000)
    parser.add_argument("--hold-s", type=float, default=60.0)
    parser.add_argument("--per-s", type=int, default=400, help="events a second of the whole hall")
    return parser.parse_args()


if __name__ == "__main__":
    main()
