"""A hall of simulated candidates: sessions with a connection each that sends pictures and events, without a browser."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from bench.raw_socket import RawSocket
from tests.support.evidence import small_jpeg
from tests.support.live import CandidatePage, ExamApp

COMERS = 4


class Seat:
    """One candidate who sits in the hall."""

    def __init__(self, url: str, name: str) -> None:
        self.name, self.session_id = name, ExamApp(url).join(name)
        self.page = CandidatePage(url, self.session_id)
        port = int(url.rsplit(":", 1)[1])
        self.socket = RawSocket(port, "/candidate", {"handle": self.page.handle}, cookies=self.page.cookies())
        self.socket.request("begin", {})

    def send(self, picture: bytes) -> None:
        """Send a picture of this candidate, as their page does every five seconds."""
        self.socket.request("snapshot", {"image": base64.b64encode(picture).decode()})

    def report(self, *event_types: str) -> None:
        """Report events that happen right now."""
        events = [{"id": str(uuid.uuid4()), "event_type": event_type} for event_type in event_types]
        self.socket.request("events", {"events": events})

    def told(self, event: str) -> object:
        """Return the fields of the next message of this name."""
        found = self.socket.wait_for(f'42/candidate,["{event}"'.encode()).decode()
        return json.loads(found[found.index("[") :])[1]

    def leave(self) -> None:
        """Lose the connection."""
        self.socket.close()


class Hall:
    """Candidates who come together, each with a picture of their own."""

    def __init__(self, url: str, names: Iterable[str]) -> None:
        with ThreadPoolExecutor(COMERS) as pool:
            self.seats = list(pool.map(lambda name: Seat(url, name), names))

    def __getitem__(self, name: str) -> Seat:
        return next(seat for seat in self.seats if seat.name == name)

    def show(self) -> None:
        """Send a picture of everyone."""
        for seat in self.seats:
            seat.send(small_jpeg(size=9_000, text=seat.name))

    def close(self) -> None:
        """Everybody leaves."""
        for seat in self.seats:
            seat.leave()
