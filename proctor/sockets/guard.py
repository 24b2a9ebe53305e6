"""The door of the live channel: connections fail closed, messages are checked before any handler sees them."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import socketio
from pydantic import BaseModel
from socketio.exceptions import ConnectionRefusedError as Refusal

from proctor.audit_tags import AuditTag
from proctor.domain.rates import TokenBucket
from proctor.errors import Forbidden, NotFound, ProctorError, TooMany, Unauthenticated, Unavailable
from proctor.records import Actor, Permission, SessionId, ViewerId
from proctor.settings import Limits
from proctor.wire import json_values

log = logging.getLogger(__name__)
Fields = Mapping[str, Any]
Handler = TypeVar("Handler", bound=Callable[..., Any])


class Refused(Exception):
    """This connection is not let in; ``reason`` is one of the words in the protocol."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Connection:
    """One admitted connection: who it is, and what it may still send."""

    sid: str
    actor: Actor
    messages: TokenBucket
    signals: TokenBucket
    events: TokenBucket
    snapshots: TokenBucket
    viewers: dict[ViewerId, SessionId] = field(default_factory=dict)
    wall: set[SessionId] = field(default_factory=set)
    address: str = ""
    heard_at: datetime | None = None

    @classmethod
    def of(cls, sid: str, actor: Actor, limits: Limits) -> Connection:
        """Return a new connection with full allowances."""
        return cls(
            sid,
            actor,
            messages=TokenBucket(limits.messages_per_second, 4 * limits.messages_per_second),
            signals=TokenBucket(limits.signals_per_minute / 60, limits.signals_per_minute),
            events=TokenBucket(limits.events_per_second, 3 * limits.events_per_second),
            snapshots=TokenBucket(limits.snapshots_per_minute / 60, limits.snapshots_per_minute // 6),
        )


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a message takes, which allowance it draws on, what it needs of a proctor and what is written down of it."""

    body: type[BaseModel]
    allowance: str
    needs: Permission | None = None
    audit: AuditTag | None = None


def message(
    body: type[BaseModel],
    allowance: str = "messages",
    *,
    needs: Permission | None = None,
    audit: AuditTag | None = None,
) -> Callable[[Handler], Handler]:
    """Declare a handler ``on_<event>(connection, body)``. A method without this answers nobody.

    Where it ``needs`` a permission, the sender's account is read anew for each message. ``audit`` is the entry that is
    written when a message has been handled, before it is acknowledged.
    """

    def decorate(handler: Handler) -> Handler:
        handler.declaration = Declaration(body, allowance, needs, audit)  # type: ignore[attr-defined]
        return handler

    return decorate


class GuardedNamespace(socketio.Namespace, ABC):  # type: ignore[misc] # python-socketio ships no types
    """A namespace for one role.

    It is registered with python-socketio itself: Flask-SocketIO would push a request context for each event, which
    halves the rate, and its connect accepts clients when an error handler returns.
    """

    def __init__(self, namespace: str, limits: Limits) -> None:
        super().__init__(namespace)
        self.limits = limits
        self.connections: dict[str, Connection] = {}

    @abstractmethod
    def admit(self, environ: Mapping[str, Any], auth: Fields) -> Actor:
        """Return who is connecting; raise ``Refused`` where nothing proves it."""

    def allow(self, connection: Connection, needed: Permission) -> None:
        """Return where the sender may do what is ``needed``; raise ``Forbidden``, as here, where not."""
        raise Forbidden(f"Nobody may send this message here: {connection.actor.role} does not have {needed}.")

    def record(self, connection: Connection, tag: AuditTag, body: BaseModel) -> None:
        """Write down what was done. Only proctors have messages that are."""

    def welcome(self, connection: Connection) -> None:
        """Join rooms. The client cannot be written to yet."""

    def greet(self, connection: Connection) -> None:
        """Say what a client needs first. Runs beside the connection, once it stands."""

    def farewell(self, connection: Connection) -> None:
        """Clean up after a connection that is gone."""

    def trigger_event(self, event: str, *args: Any) -> Any:
        """Let python-socketio in: connects, disconnects, and messages by their declared handlers only."""
        if event == "connect":
            return self._connect(*args)
        if event == "disconnect":
            return self._disconnect(args[0])
        return self._message(event, args[0], args[1:])

    def _connect(self, sid: str, environ: Mapping[str, Any], auth: object = None) -> None:
        try:
            actor = self.admit(environ, auth if isinstance(auth, dict) else {})
            connection = Connection.of(sid, actor, self.limits)
            connection.address = str(environ.get("REMOTE_ADDR", ""))
            self.connections[sid] = connection
            self.welcome(connection)
        except Refused as refused:
            self._drop(sid)
            raise Refusal(refused.reason) from refused
        except Unauthenticated as error:
            self._drop(sid)
            raise Refusal("unauthenticated") from error
        except Exception as error:
            self._drop(sid)
            if not isinstance(error, Unavailable):
                log.exception("connect failed")
            raise Refusal("unavailable") from error
        self.server.start_background_task(self._greet_later, connection)

    def _drop(self, sid: str) -> None:
        self.connections.pop(sid, None)

    def _greet_later(self, connection: Connection) -> None:
        # The answer to the connect is queued when the handler returns; what is emitted before it is lost.
        self.server.sleep(0.01)
        if connection.sid in self.connections and not self._quietly(self.greet, connection):
            # Nobody would say it later. The page asks again, and is let in when it can be told.
            self.server.disconnect(connection.sid, namespace=self.namespace)

    def _disconnect(self, sid: str) -> None:
        connection = self.connections.pop(sid, None)
        if connection is not None:
            self._quietly(self.farewell, connection)

    def _quietly(self, step: Callable[[Connection], None], connection: Connection) -> bool:
        """Take the step; return False where it could not be taken now, because the database is away."""
        try:
            step(connection)
        except Unavailable as error:
            log.warning("%s: %s", step.__name__, error.detail)
            return False
        except Exception:
            log.exception("%s failed", step.__name__)
        return True

    def _message(self, event: str, sid: str, args: tuple[Any, ...]) -> Fields:
        try:
            return {"ok": True, **(self._handle(event, sid, args) or {})}
        except ProctorError as error:
            return {"ok": False, "status": error.status, **error.to_body()}
        except Exception:
            log.exception("message failed")
            return {"ok": False, "status": 500, "detail": "Internal error"}

    def _handle(self, event: str, sid: str, args: tuple[Any, ...]) -> Fields | None:
        connection = self.connections.get(sid)
        if connection is None:
            raise Unauthenticated("This connection is not open.")
        handler = getattr(self, f"on_{event}", None)
        declaration: Declaration | None = getattr(handler, "declaration", None)
        if handler is None or declaration is None:
            _take(connection.messages)
            raise NotFound("There is no such message.")
        given = args[0] if args else {}
        json_values.check(given)
        _take(getattr(connection, declaration.allowance), _number_in(given))
        body = json_values.validate(declaration.body, given, self.limits)
        if declaration.needs is not None:
            self.allow(connection, declaration.needs)
        result: Fields | None = handler(connection, body)
        if declaration.audit is not None:
            self.record(connection, declaration.audit, body)
        return result


def _number_in(given: object) -> int:
    """Return how many things a message brings, which nobody has looked at yet: a list of events, or one."""
    events = given.get("events") if isinstance(given, dict) else None
    return max(1, len(events)) if isinstance(events, list) else 1


def _take(allowance: TokenBucket, number: int = 1) -> None:
    wait_s = allowance.take(number)
    if wait_s > 0:
        raise TooMany("Too many messages. Please slow down.", retry_after_s=int(wait_s) + 1)
