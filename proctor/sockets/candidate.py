"""``/candidate``: the page of one candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Request

from proctor.domain import actions, events, ice, presence, sessions, snapshots
from proctor.errors import Conflict
from proctor.records import Actor, EventId, Recording, Role, Session, Source, ViewerId
from proctor.sockets import rooms
from proctor.sockets.announcer import CANDIDATE, PROCTOR
from proctor.sockets.guard import Connection, Fields, GuardedNamespace, Refused, message
from proctor.web.actors import held_session
from proctor.web.services import Services
from proctor.wire import answers, bodies

REDELIVER_AFTER = timedelta(seconds=4)
HEARD_WITHIN_S = 10.0


class CandidateNamespace(GuardedNamespace):
    """What a candidate's page says and hears. Who is speaking comes from the claim cookie, never from a message."""

    def __init__(self, services: Services) -> None:
        super().__init__(CANDIDATE, services.settings.limits)
        self._services = services

    def admit(self, environ: Mapping[str, Any], auth: Fields) -> Actor:
        """Admit the browser that holds the session's claim; an ended session only while something is undelivered."""
        handle = auth.get("handle")
        if not isinstance(handle, str) or len(handle) > 64:
            raise Refused("unauthenticated")
        session = held_session(Request(dict(environ)).cookies, handle, self._services)
        if session is None:
            claimed = self._services.store.sessions.get_by_handle(handle)
            raise Refused("opened_elsewhere" if claimed and claimed.claim_hash else "unauthenticated")
        if not session.is_live and not session.pending_actions:
            raise Refused("session_ended")
        return Actor(Role.CANDIDATE, session=session, by_cookie=True)

    def welcome(self, connection: Connection) -> None:
        """Make this the page that publishes; the one before is told, the ones before that are closed."""
        # Another connection, or posts beside this one, are no way to send more.
        connection.events = self._services.event_rates.of(_session(connection).id)
        room = rooms.candidate(_session(connection).id)
        others = [sid for sid, _ in self.server.manager.get_participants(CANDIDATE, room)]
        for sid in others[: max(0, len(others) + 1 - self.limits.candidate_connections)]:
            self.server.disconnect(sid, namespace=CANDIDATE)
        self.server.enter_room(connection.sid, room, namespace=CANDIDATE)
        self.server.emit("replaced", {}, to=room, skip_sid=connection.sid, namespace=CANDIDATE)
        if _session(connection).is_live:
            presence.connected(_session(connection).id, connection.sid, **self._services.context)

    def greet(self, connection: Connection) -> None:
        """Send the state, what is undelivered, and who is watching."""
        session = self._current(connection)
        self._tell_state(session, connection)
        self._deliver(session, connection)
        self._want_footage(session, connection)
        self._introduce_viewers(session, connection)

    def farewell(self, connection: Connection) -> None:
        """Note that the candidate's page has hung up, for good or to come back at once."""
        services = self._services
        presence.left(_session(connection).id, connection.sid, store=services.store, now=services.clock())

    @message(bodies.Nothing)
    def on_begin(self, connection: Connection, body: bodies.Nothing) -> Fields:  # noqa: ARG002 - it has no fields
        """Start the exam's clock."""
        session = sessions.begin(_session(connection).id, **self._services.context)
        return {"state": answers.state(session, self._services.clock())}

    @message(bodies.Heartbeat)
    def on_heartbeat(self, connection: Connection, body: bodies.Heartbeat) -> Fields:
        """Note a sign of life and deliver what the page has not confirmed."""
        session_id, now = _session(connection).id, self._services.clock()
        last_heard_at, connection.heard_at = connection.heard_at, now
        session = presence.heard(session_id, connection.sid, last_heard_at=last_heard_at, **self._services.context)
        if session is None:
            self.server.emit("replaced", {}, to=connection.sid, namespace=CANDIDATE)
            raise Conflict("This exam was opened in another tab.")
        due = tuple(action for action in session.pending_actions if now - action.received_at > REDELIVER_AFTER)
        if due or not session.is_live:
            # What was announced may be lost with a database or a message queue that was away just then.
            self._tell_state(session, connection)
        self._deliver(replace(session, pending_actions=due), connection)
        return {"sent_at_ms": body.sent_at_ms, "server_time": answers.iso(now)}

    @message(bodies.Events, allowance="events")
    def on_events(self, connection: Connection, body: bodies.Events) -> Fields:
        """Store events; the answer names those that will not be needed again."""
        session = self._lately(connection)
        most = self.limits.events_per_session
        stored = events.ingest(session, body.as_reports(), Source.CANDIDATE, most=most, **self._services.context)
        return {"accepted": [event.id for event in stored]}

    @message(bodies.Snapshot, allowance="snapshots")
    def on_snapshot(self, connection: Connection, body: bodies.Snapshot) -> None:
        """Show a picture of the candidate on the proctors' wall, and keep it where it is wanted."""
        sent = snapshots.Sent(body.image, body.age_ms, body.flag_id)
        services, most = self._services, self.limits.snapshot_bytes
        session = self._lately(connection)
        snapshots.take(session, sent, max_bytes=most, storage=services.storage, **services.context)

    @message(bodies.ActionId)
    def on_action_received(self, connection: Connection, body: bodies.ActionId) -> None:
        """Note that the page has an action."""
        actions.delivered(self._current(connection), EventId(body.id), **self._services.context)

    @message(bodies.ActionId)
    def on_action_acknowledged(self, connection: Connection, body: bodies.ActionId) -> None:
        """Note that the candidate has read an action."""
        actions.acknowledged(self._current(connection), EventId(body.id), **self._services.context)

    @message(bodies.PublisherSignal, allowance="signals")
    def on_signal(self, connection: Connection, body: bodies.PublisherSignal) -> None:
        """Relay to one viewer of this candidate; a viewer of anybody else is in no room that this names."""
        room = rooms.viewer(_session(connection).id, body.viewer_id)
        self.server.emit("signal", body.model_dump(exclude_unset=True), to=room, namespace=PROCTOR)

    def _lately(self, connection: Connection) -> Session:
        """Return the session as at the last heartbeat or so: what ended meanwhile takes events for a day anyway."""
        known = self._services.store.sessions.recent(_session(connection).id, HEARD_WITHIN_S)
        return known or self._current(connection)

    def _current(self, connection: Connection) -> Session:
        return sessions.get(_session(connection).id, connection.actor, store=self._services.store)

    def _tell_state(self, session: Session, connection: Connection) -> None:
        state = answers.state(session, self._services.clock())
        self.server.emit("state", state, to=connection.sid, namespace=CANDIDATE)

    def _deliver(self, session: Session, connection: Connection) -> None:
        for action in session.pending_actions:
            self.server.emit("action", answers.action_answer(action), to=connection.sid, namespace=CANDIDATE)

    def _want_footage(self, session: Session, connection: Connection) -> None:
        if session.policy.recording is Recording.ON_FLAGS:
            flags = self._services.store.flags.of_session(session.id)
            wanted = answers.footage_wanted(flags, self._services.clock())
            self.server.emit("footage", wanted, to=connection.sid, namespace=CANDIDATE)

    def _introduce_viewers(self, session: Session, connection: Connection) -> None:
        services, now = self._services, self._services.clock()
        for viewer_id in services.store.viewers.of_session(session.id, now):
            servers = ice.ice_servers(viewer_id, settings=services.settings, now=now)
            offer = {"viewer_id": viewer_id, "ice_servers": servers}
            online = {"session_id": session.id, "viewer_id": viewer_id}
            room = rooms.viewer(session.id, ViewerId(viewer_id))
            self.server.emit("candidate_online", online, to=room, namespace=PROCTOR)
            self.server.emit("watch", offer, to=connection.sid, namespace=CANDIDATE)


def _session(connection: Connection) -> Session:
    session = connection.actor.session
    assert session is not None, "a candidate is admitted with their session"
    return session
