"""``/proctor``: a proctor's console."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Flask, request
from pydantic import BaseModel

from proctor.audit_tags import AuditTag
from proctor.domain import audit, ice, logins, permissions, sessions, snapshots
from proctor.errors import Conflict, NotFound, TooMany, Unauthenticated
from proctor.records import Actor, LoginId, Permission, Proctor, SessionId, ViewerId
from proctor.sockets import rooms
from proctor.sockets.announcer import CANDIDATE, PROCTOR
from proctor.sockets.guard import Connection, Fields, GuardedNamespace, message
from proctor.web import actors
from proctor.web.services import Services
from proctor.wire import answers, bodies, shapes


class ProctorNamespace(GuardedNamespace):
    """What a console says and hears."""

    def __init__(self, app: Flask, services: Services) -> None:
        super().__init__(PROCTOR, services.settings.limits)
        self._app, self._services = app, services

    def admit(self, environ: Mapping[str, Any], auth: Fields) -> Actor:
        """Admit a signed-in proctor, by bearer token or by the console's cookie."""
        token = auth.get("token")
        with self._app.request_context(dict(environ)):
            bearer = token if isinstance(token, str) else None
            actor = actors.console_actor(bearer or actors.bearer_of(request), self._services)
        if actor is None:
            raise Unauthenticated("Please sign in.")
        return actor

    def allow(self, connection: Connection, needed: Permission) -> None:
        """Check login and permission as they are now: the connection may be older than a change of either."""
        self._check_login(connection)
        permissions.check(connection.actor, needed)

    def record(self, connection: Connection, tag: AuditTag, body: BaseModel) -> None:
        """Write down what this console did, and in which session where the message names one."""
        s, by = self._services, audit.by_actor(connection.actor, connection.address, secrets.token_hex(6))
        named = getattr(body, "session_id", None)
        session = s.store.sessions.recent(named) if named else None
        told = audit.About(session.id, session.exam_code) if session else audit.About()
        audit.record(tag, by, told, store=s.store, now=s.clock())

    def welcome(self, connection: Connection) -> None:
        """Join the rooms of what this proctor may see as it happens, of themselves and of their login."""
        own = [rooms.login(_login_id(connection)), rooms.proctor(_proctor(connection).id)]
        for room in [*_live_rooms(_proctor(connection)), *own]:
            self.server.enter_room(connection.sid, room, namespace=PROCTOR)

    def farewell(self, connection: Connection) -> None:
        """Free the uploads of everyone this console watched: theirs first, whatever becomes of the rest."""
        views = dict(connection.viewers)
        for viewer_id in views:
            self._close_view(connection, viewer_id)
        self._services.store.viewers.remove(list(views))
        for session_id in set(views.values()):
            self._tell_watching(session_id, self._services.clock())

    @message(bodies.Nothing)
    def on_heartbeat(self, connection: Connection, body: bodies.Nothing) -> Fields:  # noqa: ARG002 - no fields
        """Keep this console's places as a viewer."""
        now = self._services.clock()
        self._services.store.viewers.touch(list(connection.viewers), now)
        return {"server_time": answers.iso(now), "watching": self._watching(set(connection.viewers.values()), now)}

    @message(bodies.Watch, needs=Permission.WATCH, audit=AuditTag.WATCHED)
    def on_watch(self, connection: Connection, body: bodies.Watch) -> Fields:
        """Open a live view: the candidate is told, and offers."""
        services, now = self._services, self._services.clock()
        session = sessions.get(body.session_id, connection.actor, store=services.store)
        if not session.is_live:
            raise Conflict("This session is over: there is nothing to see live.")
        if len(services.store.viewers.of_session(session.id, now)) >= self.limits.viewers_per_candidate:
            raise TooMany(f"{self.limits.viewers_per_candidate} proctors are watching this candidate already.")
        viewer_id = ViewerId(uuid.uuid4().hex)
        services.store.viewers.add(viewer_id, session.id, _proctor(connection), now)
        connection.viewers[viewer_id] = session.id
        for room in (rooms.watchers(session.id), rooms.viewer(session.id, viewer_id)):
            self.server.enter_room(connection.sid, room, namespace=PROCTOR)
        servers = ice.ice_servers(viewer_id, settings=services.settings, now=now)
        told = {"viewer_id": viewer_id, "ice_servers": servers}
        self.server.emit("watch", told, to=rooms.candidate(session.id), namespace=CANDIDATE)
        self._tell_watching(session.id, now)
        return told | {"session": answers.session_answer(session, now), "online": session.presence.online}

    @message(bodies.Wall, needs=Permission.WATCH, audit=AuditTag.SNAPSHOT_VIEWED)
    def on_wall(self, connection: Connection, body: bodies.Wall) -> Fields:
        """Show this console the pictures of these sessions and of no others; the latest of each comes at once."""
        services, wanted = self._services, {SessionId(session_id) for session_id in body.session_ids}
        new = snapshots.shown_to(connection.actor, wanted - connection.wall, store=services.store)
        for session_id in connection.wall - wanted:
            self.server.leave_room(connection.sid, rooms.wall(session_id), namespace=PROCTOR)
        for session_id in new:
            self.server.enter_room(connection.sid, rooms.wall(session_id), namespace=PROCTOR)
        connection.wall = (connection.wall & wanted) | new
        for latest in snapshots.open_wall(new, **services.context):
            told = answers.snapshot(latest.session_id, base64.b64encode(latest.image).decode(), latest.taken_at)
            self.server.emit("snapshot", told, to=connection.sid, namespace=PROCTOR)
        return {"session_ids": sorted(connection.wall)}

    @message(bodies.ViewerId)
    def on_unwatch(self, connection: Connection, body: bodies.ViewerId) -> None:
        """Close a live view."""
        viewer_id = self._own_view(connection, body.viewer_id)
        session_id = self._close_view(connection, viewer_id)
        self._services.store.viewers.remove([viewer_id])
        self._tell_watching(session_id, self._services.clock())

    @message(bodies.Signal, allowance="signals")
    def on_signal(self, connection: Connection, body: bodies.Signal) -> None:
        """Relay to the candidate of this view."""
        viewer_id = self._own_view(connection, body.viewer_id)
        room = rooms.candidate(connection.viewers[viewer_id])
        self.server.emit("signal", body.model_dump(exclude_unset=True), to=room, namespace=CANDIDATE)

    def close_signed_out(self) -> None:
        """Disconnect the consoles of this worker whose login no longer holds, wherever it was ended."""
        services, now = self._services, self._services.clock()
        by_login: dict[LoginId, list[Connection]] = {}
        for connection in list(self.connections.values()):
            by_login.setdefault(_login_id(connection), []).append(connection)
        existing = services.store.logins.existing(by_login) if by_login else {}
        for login_id, connections in by_login.items():
            login = existing.get(login_id)
            if login is None or not logins.holds(login, services.settings, now):
                self._sign_out(connections)

    def _sign_out(self, connections: list[Connection]) -> None:
        for connection in connections:
            self.server.emit("signed_out", {}, to=connection.sid, namespace=PROCTOR)
            self.server.disconnect(connection.sid, namespace=PROCTOR)

    def _check_login(self, connection: Connection) -> None:
        services = self._services
        signed_in = logins.check(
            _login_id(connection), store=services.store, settings=services.settings, now=services.clock()
        )
        if signed_in is None:
            self._sign_out([connection])
            raise Unauthenticated("Please sign in again.")
        connection.actor = replace(connection.actor, proctor=signed_in.proctor)

    def _own_view(self, connection: Connection, viewer_id: str) -> ViewerId:
        if viewer_id not in connection.viewers:
            raise NotFound("There is no such viewer.")
        return ViewerId(viewer_id)

    def _close_view(self, connection: Connection, viewer_id: ViewerId) -> SessionId:
        """Have the candidate's page close this view; return whose it was."""
        session_id = connection.viewers.pop(viewer_id)
        told = {"viewer_id": viewer_id}
        self.server.emit("unwatch", told, to=rooms.candidate(session_id), namespace=CANDIDATE)
        self._leave_rooms(connection, session_id, viewer_id)
        return session_id

    def _tell_watching(self, session_id: SessionId, now: datetime) -> None:
        """Tell the consoles that watch this session who else does."""
        told = {"session_id": session_id, "watching": self._watching({session_id}, now)[session_id]}
        self.server.emit("watching", told, to=rooms.watchers(session_id), namespace=PROCTOR)

    def _watching(self, session_ids: set[SessionId], now: datetime) -> dict[SessionId, list[shapes.WatchingAnswer]]:
        if not session_ids:
            return {}
        found = self._services.store.viewers.watching(session_ids, now)
        return {session_id: answers.watching(emails) for session_id, emails in found.items()}

    def _leave_rooms(self, connection: Connection, session_id: SessionId, viewer_id: ViewerId) -> None:
        if connection.sid not in self.connections:
            return
        self.server.leave_room(connection.sid, rooms.viewer(session_id, viewer_id), namespace=PROCTOR)
        if session_id not in connection.viewers.values():
            self.server.leave_room(connection.sid, rooms.watchers(session_id), namespace=PROCTOR)


def _live_rooms(proctor: Proctor) -> list[str]:
    if not permissions.may(proctor, Permission.WATCH):
        return []
    codes = proctor.exam_codes
    return [rooms.ALL_EXAMS] if codes is None else [rooms.exam(code) for code in codes]


def _proctor(connection: Connection) -> Proctor:
    proctor = connection.actor.proctor
    assert proctor is not None, "a console is admitted with its proctor"
    return proctor


def _login_id(connection: Connection) -> LoginId:
    login_id = connection.actor.login_id
    assert login_id is not None, "a console is admitted with its login"
    return login_id
