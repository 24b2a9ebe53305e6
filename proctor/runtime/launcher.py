"""What ``make run`` executes: a database, demo data and the application, started and stopped together."""

from __future__ import annotations

import contextlib
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from proctor import settings as settings_module
from proctor.runtime import children, health, listeners, secret_file
from proctor.runtime.mongod import EmbeddedMongod
from proctor.settings import Settings

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 25  # a little more than gunicorn's own graceful_timeout
WATCH_INTERVAL_S = 0.5
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LaunchError(Exception):
    """The demo did not start, or ended by itself; the message says why."""


def run_demo(root: Path, environ: Mapping[str, str]) -> None:
    """Run the demo until a signal ends it.

    ``HOST`` and ``PORT`` in ``environ`` say where to listen; ``MONGODB_URL``, or a ``mongodb_url`` in config.json that
    is not the default, takes the place of the embedded database.

    Raises:
        LaunchError, ListenError, MongodError, SettingsError: with a sentence for the operator.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        host = environ.get("HOST", "localhost")
        addresses = listeners.choose(host, environ.get("PORT", "8000"))
        _run_on(addresses, root, demo_environ(environ, host, addresses), banner(host, addresses))


def _run_on(addresses: list[tuple[str, int]], root: Path, environ: dict[str, str], greeting: str) -> None:
    settings = _settings(root, environ)
    secret_file.ensure(settings.data_dir)
    with _database(settings, environ) as database:
        environ["MONGODB_URL"] = database.url if database else settings.mongodb_url
        _seed(root, environ)
        with _server(root, environ, addresses) as server:
            _wait_until_it_answers(server, addresses[0])
            say(greeting)
            _watch(server, database)


def demo_environ(environ: Mapping[str, str], host: str, addresses: list[tuple[str, int]]) -> dict[str, str]:
    """Return the environment that makes the application a demo on ``addresses``."""
    hosts = dict.fromkeys([host, *(address for address, _ in addresses)])
    ports = dict.fromkeys(port for _, port in addresses)
    origins = [f"http://{listeners.in_url(name)}:{port}" for name in hosts for port in ports]
    return {
        "PROCTOR_INSTITUTION": "Example University",
        **environ,
        "PROCTOR_MODE": "demo",
        "PROCTOR_API_ACCESS": "open",
        "PROCTOR_PUBLIC_URLS": ",".join(origins),
    }


def banner(host: str, addresses: list[tuple[str, int]]) -> str:
    """Return what a running demo tells its operator."""
    ports = list(dict.fromkeys(port for _, port in addresses))
    base = f"http://{listeners.in_url(host)}:{ports[0]}"
    also = f"\n  It answers on port {ports[1]} as well, where exam apps look by default." if len(ports) > 1 else ""
    return f"""
Proctor is running. Open:

  Candidate   {base}/join             exam code DEMO, any name
  Proctor     {base}/proctor/login    proctor@test.com, password proctor123
  API         {base}/openapi.json

  api_access=open, loopback only: for trying things out, not for exams.{also}
  Ctrl-C stops it; data/ keeps what was recorded.
"""


def make_secrets(root: Path, environ: Mapping[str, str]) -> None:
    """Make the file of secrets in the data folder that the settings name, and say where it is."""
    say(f"The secrets are in {secret_file.ensure(_settings(root, environ).data_dir)}")


def check_health(root: Path, environ: Mapping[str, str]) -> None:
    """Return when the server that these settings describe is well; raise :class:`LaunchError` when it is not."""
    public_name = urlsplit(_settings(root, environ).origins[0]).netloc
    host, _, port = environ.get("PROCTOR_BIND", "127.0.0.1:8000").split(",")[0].strip().rpartition(":")
    if not health.is_well(_asked_at(host), listeners.parse_port(port), public_name=public_name):
        raise LaunchError("The server is not well.")


def _asked_at(host: str) -> str:
    """Return where a server that listens on ``host`` is to be asked; one that listens everywhere is asked here."""
    everywhere = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 - it is asked, not bound
    return everywhere.get(host, host.strip("[]"))


def say(text: str) -> None:
    """Tell the operator something at once, also when the output goes to a file."""
    print(text, flush=True)  # noqa: T201 - this is a command


def _settings(root: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings before the secrets exist: they say where the data folder is."""
    return settings_module.load(root, {**environ, "SECRET_KEY": environ.get("SECRET_KEY") or secrets.token_hex(32)})


@contextlib.contextmanager
def _database(settings: Settings, environ: Mapping[str, str]) -> Iterator[EmbeddedMongod | None]:
    # A copy of config.example.json names the default address, and that is not meant as a wish for another database.
    default = Settings.model_fields["mongodb_url"].default
    if environ.get("MONGODB_URL") or settings.mongodb_url != default:
        yield None
        return
    say("Starting MongoDB …")
    with EmbeddedMongod(settings.data_dir) as database:
        yield database


def _seed(root: Path, environ: Mapping[str, str]) -> None:
    seeding = children.spawn([sys.executable, root / "migrations_seed.py"], environ=environ, folder=root)
    if seeding.wait() != 0:
        raise LaunchError("The database could not be prepared; see above.")


@contextlib.contextmanager
def _server(
    root: Path, environ: Mapping[str, str], addresses: list[tuple[str, int]]
) -> Iterator[subprocess.Popen[bytes]]:
    say("Starting the server …")
    command = [sys.executable, "-m", "gunicorn", "--config", "python:proctor.runtime.gunicorn_config"]
    command += ["--log-level", "warning"]
    for address, port in addresses:
        command += ["--bind", f"{listeners.in_url(address)}:{port}"]
    server = children.spawn([*command, "wsgi:app"], environ=environ, folder=root)
    try:
        yield server
    finally:
        # Being impatient must not leave the database behind: from here on we are stopping anyway.
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        say("Stopping …")
        children.stop(server, patience_s=STOP_TIMEOUT_S)


def _wait_until_it_answers(server: subprocess.Popen[bytes], address: tuple[str, int]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not health.is_well(*address):
        if server.poll() is not None:
            raise LaunchError("The server did not start; see above.")
        if time.monotonic() > deadline:
            raise LaunchError(f"The server did not answer within {START_TIMEOUT_S} s.")
        time.sleep(0.1)


def _watch(server: subprocess.Popen[bytes], database: EmbeddedMongod | None) -> None:
    """Stay until the server ends, which it does not do by itself; start the database again should it fall."""
    while server.poll() is None:
        time.sleep(WATCH_INTERVAL_S)
        if database and database.pid is None:
            say("MongoDB has stopped unexpectedly; starting it again.")
            database.start()
    raise LaunchError(f"The server has ended by itself (exit code {server.returncode}); see above.")
