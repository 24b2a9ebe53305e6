"""A hall of simulated candidates: sessions with a connection each that sends pictures and events, without a browser."""

from __future__ import annotations

import base64
import threading
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from bench.raw_socket import RawSocket
from tests.support.evidence import small_jpeg
from tests.support.live import CandidatePage, ExamApp

COMERS = 4
BEAT_EVERY_S = 4
"""Whoever is silent for 15 s counts as lost."""


class Seat:
    """One candidate who sits in the hall."""

    def __init__(self, url: str, name: str) -> None:
        self.name, self.session_id = name, ExamApp(url).join(name)
        self.page = CandidatePage(url, self.session_id)
        port = int(url.rsplit(":", 1)[1])
        self.socket = RawSocket(port, "/candidate", {"handle": self.page.handle}, cookies=self.page.cookies())
        self._turn = threading.Lock()
        self._has_left = False
        self._request("begin", {})

    def send(self, picture: bytes) -> None:
        """Send a picture of this candidate, as their page does every five seconds."""
        self._request("snapshot", {"image": base64.b64encode(picture).decode()})

    def report(self, *event_types: str) -> None:
        """Report events that happen right now."""
        events = [{"id": str(uuid.uuid4()), "event_type": event_type} for event_type in event_types]
        self._request("events", {"events": events})

    def beat(self) -> None:
        """Show a sign of life, as long as they are there."""
        if not self._has_left:
            self._request("heartbeat", {})

    def leave(self) -> None:
        """Lose the connection."""
        self._has_left = True
        with self._turn:
            self.socket.close()

    def _request(self, event: str, payload: object) -> None:
        with self._turn:
            self.socket.request(event, payload)


class Hall:
    """Candidates who come together, each with a picture of their own."""

    def __init__(self, url: str, names: Iterable[str]) -> None:
        with ThreadPoolExecutor(COMERS) as pool:
            self.seats = list(pool.map(lambda name: Seat(url, name), names))
        self._is_over = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="hearts of the hall", daemon=True)
        self._beating.start()

    def __getitem__(self, name: str) -> Seat:
        return next(seat for seat in self.seats if seat.name == name)

    def show(self) -> None:
        """Send a picture of everyone."""
        for seat in self.seats:
            seat.send(small_jpeg(size=9_000, text=seat.name))

    def close(self) -> None:
        """Everybody leaves."""
        self._is_over.set()
        self._beating.join()
        for seat in self.seats:
            seat.leave()

    def _beat(self) -> None:
        while not self._is_over.wait(BEAT_EVERY_S):
            for seat in self.seats:
                seat.beat()
