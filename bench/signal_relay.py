"""How fast signals between proctors and candidates are relayed, beside the same application without its care for it.

    .venv/bin/python -m bench.signal_relay

A round trip is a proctor's signal, on its way through the server to the candidate, and the candidate's signal back;
both are acknowledged, as the pages ask. Of five round trips one is an offer and its answer, four are ICE candidates,
about what Chromium sends. The other server unmasks with eventlet's own code and handles each event in a Flask
request context (bench/baseline_app.py). Both run at once and take turns in short rounds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import selectors
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from bench import first_frame, rig
from bench.raw_socket import RawSocket
from tests.support.live import CandidatePage, Console, ExamApp
from tests.support.server import Server

MANY = 1_000_000_000
LIMITS = json.dumps({"signals_per_minute": MANY, "messages_per_second": MANY})
PACED_PER_S = 100
SDP_BYTES = 6_000
CANDIDATE_LINE = (
    "candidate:842163049 1 udp 1677729535 203.0.113.77 46154 typ srflx raddr 10.0.0.17 rport 46154 generation 0 "
    "ufrag Xk2J network-id 1 network-cost 10"
)
MIX = ("offer", "ice", "ice", "ice", "ice")


class Pair:
    """A proctor who watches a candidate, and the signals between the two."""

    def __init__(self, server: Server, console: Console, page: CandidatePage) -> None:
        self.candidate = RawSocket(server.port, "/candidate", {"handle": page.handle}, cookies=page.cookies())
        self.proctor = RawSocket(server.port, "/proctor", {"token": console.token})
        viewer_id = self.proctor.request("watch", {"session_id": page.session_id})["viewer_id"]
        self._calls = [_message(self.proctor, viewer_id, kind, "offer") for kind in MIX]
        self._replies = [_message(self.candidate, viewer_id, kind, "answer") for kind in MIX]
        self._calls_sent = self._replies_sent = 0
        self._due_at: list[float] = []

    def call(self, due_at: float | None = None) -> None:
        """Begin a round trip; its time counts from ``due_at``, when it should have begun."""
        self._due_at.append(time.perf_counter() if due_at is None else due_at)
        self.proctor.socket.sendall(self._calls[self._calls_sent % len(MIX)])
        self._calls_sent += 1

    def reply(self) -> None:
        """Answer as a candidate, in messages that the proctor has just received."""
        for text in self.candidate.receive():
            if text.startswith(b'42/candidate,["signal"'):
                self.candidate.socket.sendall(self._replies[self._replies_sent % len(MIX)])
                self._replies_sent += 1

    def returned_ms(self) -> list[float]:
        """Read what the proctor is sent; return how long the round trips took that ended with it."""
        messages = self.proctor.receive()
        now = time.perf_counter()
        ended = sum(text.startswith(b'42/proctor,["signal"') for text in messages)
        if any(b'"ok":false' in text for text in messages):
            raise RuntimeError("a signal was refused")
        return [(now - self._due_at.pop(0)) * 1_000 for _ in range(ended)]

    def close(self) -> None:
        """Hang up both."""
        self.proctor.close()
        self.candidate.close()


def _message(socket: RawSocket, viewer_id: str, kind: str, description: str) -> bytes:
    payload: dict[str, object] = {"viewer_id": viewer_id}
    if kind == "ice":
        payload["candidate"] = {
            "candidate": CANDIDATE_LINE,
            "sdpMid": "0",
            "sdpMLineIndex": 0,
            "usernameFragment": "Xk2J",
        }
    else:
        line = "a=rtpmap:96 VP8/90000\r\n"
        payload["description"] = {"type": description, "sdp": "v=0\r\n" + line * (SDP_BYTES // len(line))}
    return socket.message("signal", payload, 1)


@dataclass
class Relay:
    """A server under load and what the rounds so far have shown."""

    name: str
    server: Server
    console: Console
    pages: list[CandidatePage]
    pairs: list[Pair] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    cpu_share: list[float] = field(default_factory=list)
    paced_ms: list[float] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """The process that serves."""
        return rig.worker_pid(self.server)

    def connect(self) -> None:
        """Open the live channel of everyone; from now on somebody must answer the server's pings."""
        self.pairs = [Pair(self.server, self.console, page) for page in self.pages]


class Clients:
    """All pairs of all servers, whose pings are answered whichever server is under load."""

    def __init__(self, relays: list[Relay]) -> None:
        self._selector = selectors.DefaultSelector()
        for pair in (pair for relay in relays for pair in relay.pairs):
            self._selector.register(pair.candidate.socket, selectors.EVENT_READ, (pair, False))
            self._selector.register(pair.proctor.socket, selectors.EVENT_READ, (pair, True))

    def saturate(self, relay: Relay, seconds: float) -> None:
        """Keep one round trip of each pair under way."""
        cpu_before, began = rig.cpu_seconds(relay.pid), time.perf_counter()
        for pair in relay.pairs:
            pair.call()
        ended = 0
        while (took := time.perf_counter() - began) < seconds:
            for pair, _ in self._ended(0.1):
                pair.call()
                ended += 1
        cpu_s = rig.cpu_seconds(relay.pid) - cpu_before
        relay.rates.append(ended / took)
        relay.cpu_us.append(cpu_s / ended * 1e6)
        relay.cpu_share.append(cpu_s / took)
        self._settle()

    def pace(self, relay: Relay, seconds: float) -> None:
        """Begin round trips at a steady rate, whether or not the earlier ones are back."""
        began = time.perf_counter()
        for number in range(int(seconds * PACED_PER_S)):
            due_at = began + number / PACED_PER_S
            while (left := due_at - time.perf_counter()) > 0:
                relay.paced_ms += [ms for _, ms in self._ended(left)]
            relay.pairs[number % len(relay.pairs)].call(due_at)
        relay.paced_ms += [ms for _, ms in self._settle()]

    def _settle(self) -> list[tuple[Pair, float]]:
        """Wait until nothing is under way any more."""
        ended: list[tuple[Pair, float]] = []
        while found := self._ended(0.25, until_quiet=True):
            ended += found
        return ended

    def _ended(self, timeout_s: float, *, until_quiet: bool = False) -> list[tuple[Pair, float]]:
        ended: list[tuple[Pair, float]] = []
        while ready := self._selector.select(timeout_s):
            for key, _ in ready:
                pair, is_proctor = key.data
                if is_proctor:
                    ended += [(pair, ms) for ms in pair.returned_ms()]
                else:
                    pair.reply()
            if not until_quiet:
                break
        return ended


def main() -> None:
    """Measure both servers in turns and print a table."""
    arguments = _parse_arguments()
    with rig.database_server() as url, contextlib.ExitStack() as stack:
        ours = stack.enter_context(running(url, "Proctor", arguments.pairs))
        baseline = stack.enter_context(running(url, "baseline", arguments.pairs, "bench.baseline_app:app", "original"))
        for relay in (ours, baseline):
            relay.connect()
        clients = Clients([ours, baseline])
        for number in range(arguments.rounds):
            for relay in (ours, baseline) if number % 2 else (baseline, ours):
                clients.saturate(relay, arguments.seconds)
                clients.pace(relay, arguments.seconds)
    _print(ours, baseline, arguments)
    if arguments.first_frames:
        with rig.database_server() as url, rig.our_server(url) as server:
            print(first_frame.report(first_frame.measure(server, arguments.first_frames)))


@contextlib.contextmanager
def running(mongodb_url: str, name: str, pairs: int, app: str = "wsgi:app", unmask: str = "") -> Iterator[Relay]:
    """Run a server on which so many candidates have pressed Start and a proctor is signed in."""
    environ = {"PROCTOR_LIMITS": LIMITS, "PROCTOR_EVENTLET_UNMASK": unmask}
    with rig.our_server(mongodb_url, app=app, **environ) as server:
        pages = [CandidatePage(server.url, ExamApp(server.url).join(f"Candidate {n}")) for n in range(pairs)]
        relay = Relay(name, server, Console(server.url), pages)
        yield relay
        for pair in relay.pairs:
            pair.close()


def _print(ours: Relay, baseline: Relay, arguments: argparse.Namespace) -> None:
    print(f"{arguments.pairs} pairs, {arguments.rounds} rounds of {arguments.seconds:g} s each, medians")
    print(f"{'':12}{'saturated':>12}{'CPU µs':>9}{'of a core':>11}{f'p50 at {PACED_PER_S}/s':>14}{'p99':>9}")
    for server in (ours, baseline):
        p50, p99 = rig.percentile(server.paced_ms, 0.5), rig.percentile(server.paced_ms, 0.99)
        load = f"{median(server.rates):10.0f}/s{median(server.cpu_us):9.0f}{median(server.cpu_share):10.0%} "
        print(f"{server.name:12}{load}{p50:11.2f} ms{p99:6.2f} ms")
    by_rate = rig.median_ratio(ours.rates, baseline.rates)
    by_cpu = rig.median_ratio(baseline.cpu_us, ours.cpu_us)
    print(f"saturated: {by_rate:.1f} times the baseline's rate, {by_cpu:.1f} times for the same processor time")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--first-frames", type=int, default=12, help="0 leaves the browser out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
