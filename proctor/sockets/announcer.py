"""Announcing to open pages what has just been stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import socketio
from socketio.pubsub_manager import PubSubManager

from proctor.domain.exam_clock import utc_now
from proctor.records import Event, Flag, FlagId, LoginId, ProctorId, Recording, Session, SessionId
from proctor.sockets import rooms
from proctor.store import Store
from proctor.wire import answers

CANDIDATE = "/candidate"
PROCTOR = "/proctor"


class Announcer:
    """``domain.live.Live`` over Socket.IO. With several workers, their message queue carries it to all of them."""

    def __init__(self, server: socketio.Server, store: Store, clock: Callable[[], datetime] = utc_now) -> None:
        self._server, self._store, self._clock = server, store, clock

    def session_changed(self, session: Session) -> None:
        """Tell the candidate's page its state, the consoles the session, and end its views with it."""
        now = self._clock()
        self._server.emit("state", answers.state(session, now), to=rooms.candidate(session.id), namespace=CANDIDATE)
        self._tell_consoles(session, now)
        if not session.is_live:
            self._end_views(session.id, now)

    def event_added(self, event: Event, session: Session) -> None:
        """Tell the consoles that watch this session."""
        room = rooms.watchers(session.id)
        if self._may_be_heard(room):
            payload = {"session_id": session.id, "event": answers.event_answer(event)}
            self._server.emit("event", payload, to=room, namespace=PROCTOR)

    def flags_changed(self, session: Session, flags: Sequence[Flag]) -> None:
        """Tell the consoles of these flags and of the score, and a page that records around flags of their times."""
        for flag in flags:
            told = {"session_id": session.id, "flag": answers.flag_answer(flag)}
            self._server.emit("flag", told, to=_seen_by(session), namespace=PROCTOR)
        if flags and session.policy.recording is Recording.ON_FLAGS:
            wanted = answers.footage_wanted(flags, self._clock())
            self._server.emit("footage", wanted, to=rooms.candidate(session.id), namespace=CANDIDATE)
        self._tell_consoles(session, self._clock())

    def action_due(self, action: Event) -> None:
        """Tell the candidate's page what the proctor did."""
        room = rooms.candidate(action.session_id)
        self._server.emit("action", answers.action_answer(action), to=room, namespace=CANDIDATE)

    def handed_over(self, event: Event, session: Session, to: ProctorId) -> None:
        """Tell the consoles of this proctor that a session was handed over to them."""
        told = answers.handover(event, session)
        self._server.emit("handed_over", told, to=rooms.proctor(to), namespace=PROCTOR)

    def snapshot_wanted(self, session_id: SessionId, flag_id: FlagId | None = None) -> None:
        """Ask the candidate's page for a picture at once, as evidence of this flag where one is named."""
        self._server.emit("snapshot_wanted", {"flag_id": flag_id}, to=rooms.candidate(session_id), namespace=CANDIDATE)

    def snapshot_taken(self, session_id: SessionId, image: str, taken_at: datetime) -> None:
        """Show a picture (JPEG as base64) to the consoles whose wall shows this session."""
        room = rooms.wall(session_id)
        if self._may_be_heard(room):
            told = answers.snapshot(session_id, image, taken_at)
            self._server.emit("snapshot", told, to=room, namespace=PROCTOR)

    def claim_released(self, session_id: SessionId) -> None:
        """Tell the candidate's page that another browser will go on."""
        self._server.emit("replaced", {}, to=rooms.candidate(session_id), namespace=CANDIDATE)

    def signed_out(self, login_id: LoginId) -> None:
        """Tell the consoles of this login to go."""
        self._server.emit("signed_out", {}, to=rooms.login(login_id), namespace=PROCTOR)

    def _may_be_heard(self, room: str) -> bool:
        """True unless this worker is the only one and nobody is in the room: most events happen unwatched."""
        manager = self._server.manager
        return isinstance(manager, PubSubManager) or room in manager.rooms.get(PROCTOR, ())

    def _tell_consoles(self, session: Session, now: datetime) -> None:
        told = {"session": answers.session_answer(session, now)}
        self._server.emit("session", told, to=_seen_by(session), namespace=PROCTOR)

    def _end_views(self, session_id: SessionId, now: datetime) -> None:
        viewer_ids = self._store.viewers.of_session(session_id, now)
        for viewer_id in viewer_ids:
            payload = {"viewer_id": viewer_id, "reason": "session_ended"}
            self._server.emit("unwatched", payload, to=rooms.viewer(session_id, viewer_id), namespace=PROCTOR)
        self._store.viewers.remove(viewer_ids)


def _seen_by(session: Session) -> list[str]:
    return [rooms.ALL_EXAMS, rooms.exam(session.exam_code)]
