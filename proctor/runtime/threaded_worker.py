"""gunicorn's threaded worker, with the same three hooks as :mod:`proctor.runtime.worker`: the way out of eventlet."""

from __future__ import annotations

import threading
from types import FrameType

from gunicorn.workers.gthread import ThreadWorker

from proctor.runtime.hooks import call_hook


class HookedThreadWorker(ThreadWorker):
    """Serves with a thread for each request, and for each websocket as long as it is open."""

    _hanging_up: threading.Thread | None = None

    def run(self) -> None:
        """Serve until told to end."""
        call_hook(self.wsgi, "on_worker_start")
        super().run()
        if self._hanging_up is not None:
            self._hanging_up.join(self.cfg.graceful_timeout)
        call_hook(self.wsgi, "on_worker_exit")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end (SIGTERM), and have the application hang up its websockets, which do not end alone."""
        if self.alive:
            self._hanging_up = threading.Thread(target=call_hook, args=(self.wsgi, "on_worker_stop"), daemon=True)
            self._hanging_up.start()
        super().handle_exit(sig, frame)
