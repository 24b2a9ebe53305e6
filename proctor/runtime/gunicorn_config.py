"""How gunicorn runs the application, for ``make run`` and for production alike.

Used as ``gunicorn --config python:proctor.runtime.gunicorn_config wsgi:app``; a command-line option wins over a
value here. More than one worker needs sticky sessions and a message queue: see docs/deployment.md.
"""

import os

bind = os.environ.get("PROCTOR_BIND", "127.0.0.1:8000").split(",")
worker_class = "proctor.runtime.worker.EventletWSGIWorker"
workers = int(os.environ.get("PROCTOR_WORKERS", "1"))
worker_connections = 8000
# A worker that does not report for this long is stuck in a call that blocks every client: replace it.
timeout = 60
# Requests in progress may end; uploads resume where they stopped.
graceful_timeout = 20
backlog = 2048
control_socket_disable = True
