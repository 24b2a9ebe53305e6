"""How gunicorn runs the application, for ``make run`` and for production alike.

Used as ``gunicorn --config python:proctor.runtime.gunicorn_config wsgi:app``; a command-line option wins over a
value here.
"""

import os
from typing import Any

bind = os.environ.get("PROCTOR_BIND", "127.0.0.1:8000").split(",")

# One, because workers behind one listener would share out a client's requests, and Socket.IO's polling needs all of
# them in one place. A second worker is a second server with a port of its own: see docs/deployment.md.
workers = 1

if os.environ.get("PROCTOR_ASYNC_MODE") == "threading":
    worker_class = "proctor.runtime.threaded_worker.HookedThreadWorker"
    threads = 512  # a websocket keeps one for as long as it is open
else:
    worker_class = "proctor.runtime.worker.EventletWSGIWorker"
    worker_connections = 8000

# A worker that does not report for this long is stuck in a call that blocks every client: replace it.
timeout = 60
# Requests in progress may end; uploads resume where they stopped.
graceful_timeout = 20
backlog = 2048
# Nothing here is steered through gunicorn's own control socket, which would lie in the operator's home folder.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse to open the demo to others: its administrator's password stands in its documentation.

    Called by gunicorn before it listens. Settings that cannot be read are for the worker to complain about.
    """
    # Not above: the worker's class must come first, to patch the standard library.
    from proctor import ROOT, settings  # noqa: PLC0415
    from proctor.runtime import listeners  # noqa: PLC0415

    try:
        is_demo = settings.load(ROOT).is_demo
    except settings.SettingsError:
        return
    for address in server.cfg.address if is_demo else ():
        if isinstance(address, tuple):
            try:
                listeners.loopback_addresses(address[0])
            except listeners.ListenError as error:
                raise SystemExit(str(error)) from error
