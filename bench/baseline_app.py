"""Our application as it would be without its care for the live channel, to compare with: ``bench.baseline_app:app``.

Flask-SocketIO pushes a request context, with the environment of the handshake, for each event that it hands to a
handler. Our namespaces are registered past it; here they get such a context after all. Eventlet's own unmasking is
the other half of the comparison: ``PROCTOR_EVENTLET_UNMASK=original``.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

from proctor.sockets.guard import GuardedNamespace
from wsgi import app

__all__ = ["app"]


def with_request_contexts(app: Flask) -> None:
    """Let every event of every namespace be handled inside a request context of its connection."""
    trigger_event = GuardedNamespace.trigger_event

    def in_context(self: GuardedNamespace, event: str, *args: Any) -> Any:
        environ = self.server.get_environ(args[0], namespace=self.namespace)
        with app.request_context(environ):
            return trigger_event(self, event, *args)

    GuardedNamespace.trigger_event = in_context  # type: ignore[method-assign]


with_request_contexts(app)
