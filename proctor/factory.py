"""Building the application, step by step: the only place where the parts meet."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import orjson
from flask import Flask, request
from flask.json.provider import JSONProvider
from flask_babel import Babel
from flask_login import LoginManager
from werkzeug.middleware.proxy_fix import ProxyFix

from proctor import cli
from proctor.blueprints import (
    account,
    admin_accommodations,
    admin_audit,
    admin_exams,
    admin_privacy,
    admin_proctors,
    candidate,
    console,
    exam_app_api,
    hall_api,
    health,
    live_api,
    proctor_api,
    recordings,
    review,
    review_api,
    sessions_api,
)
from proctor.chores import Chore, Chores
from proctor.domain import flags, logins, retention, verdicts
from proctor.domain.events import LATE_EVENTS
from proctor.domain.exam_app_calls import ExamAppCalls
from proctor.domain.joining import Bench, join_due, remove_left_over
from proctor.domain.leftovers import Leftovers
from proctor.domain.passwords import Passwords, RunBlocking, run_here
from proctor.domain.rates import Allowances
from proctor.domain.sequence import SequenceWatch
from proctor.domain.sweep import Sweeper
from proctor.domain.throttle import Throttle
from proctor.domain.videos import settle_pending
from proctor.errors import ProctorError
from proctor.records import Role
from proctor.settings import Settings
from proctor.sockets.announcer import Announcer
from proctor.sockets.setup import LiveChannel, make_server
from proctor.storage import Backend, DetaConfig, S3Config, Storage, StorageConfig, make_storage
from proctor.storage.spool import Spool
from proctor.store import Store, open_store
from proctor.store.throttle_storage import ThrottleStorage
from proctor.web import failures, guard, headers, logs, static_files
from proctor.web.actors import ConsoleUser
from proctor.web.application import Answer, Application
from proctor.web.endpoint import Declaration, declare
from proctor.web.exam_app_prefix import ExamAppPrefix
from proctor.web.services import EXTENSION, Services

log = logging.getLogger(__name__)
BLUEPRINTS = (
    health.bp,
    exam_app_api.bp,
    proctor_api.bp,
    review_api.bp,
    review.bp,
    sessions_api.bp,
    recordings.bp,
    live_api.bp,
    hall_api.bp,
    candidate.bp,
    console.bp,
    account.bp,
    admin_exams.bp,
    admin_proctors.bp,
    admin_accommodations.bp,
    admin_privacy.bp,
    admin_audit.bp,
)
LOCALES = ["en"]
JUDGED_IN_A_ROW = 20
"""How many batches of due conditions one turn may judge: two thousand, should a whole hall change at once."""


def build(settings: Settings) -> Flask:
    """Return the application for ``settings``. Nothing connects and nothing starts before a worker serves it."""
    logs.configure(settings.log_level)
    app = Application("proctor", root_path=str(Path(__file__).parent))
    _configure(app, settings)
    _wire(app, settings)
    _sign_in(app)
    _translate(app, settings)
    _guard(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    cli.install(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.json = _Orjson(app)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-proctor" if settings.secure_cookies else "proctor_console",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.login_hours),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=settings.limits.json_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.limits.json_body_bytes,
        MAX_FORM_PARTS=10,
        BABEL_DEFAULT_LOCALE=settings.default_locale,
        TEMPLATES_AUTO_RELOAD=False,
    )


def _wire(app: Flask, settings: Settings) -> None:
    store = open_store(settings.mongodb_url, settings.database)
    server = make_server(app, settings)
    run_blocking = _run_blocking(settings)
    services = Services(
        settings=settings,
        store=store,
        storage=_storage(settings, store, run_blocking),
        live=Announcer(server, store),
        passwords=Passwords(run_blocking),
        throttle=Throttle(ThrottleStorage(store.database)),
        run_blocking=run_blocking,
        exam_app_calls=ExamAppCalls(Spool(settings.data_dir / "spool"), settings.score_weights),
        event_rates=Allowances(settings.limits.events_per_second, 3 * settings.limits.events_per_second),
    )
    app.extensions[EXTENSION] = services
    channel = LiveChannel(app, server, services)
    chores = Chores(_chores(services, channel, server.sleep), spawn=server.start_background_task, sleep=server.sleep)

    def start() -> None:
        _say_what_is_missing(settings)
        chores.start()

    def stop() -> None:
        chores.stop()
        channel.hang_up()

    def leave() -> None:
        with contextlib.suppress(ProctorError):
            store.event_writer.wake_conditions()
            store.event_writer.write_counts()
        store.close()

    app.on_worker_start = start  # type: ignore[attr-defined]
    app.on_worker_stop = stop  # type: ignore[attr-defined]
    app.on_worker_exit = leave  # type: ignore[attr-defined]


def _say_what_is_missing(settings: Settings) -> None:
    """Log what makes a server unsafe, or of no use to exam apps, and is no fault: its operator may mean it so."""
    if settings.is_demo:
        return
    if not settings.secure_cookies:
        plain = ", ".join(origin for origin in settings.origins if not origin.startswith("https://"))
        log.warning("cookies are not Secure, because pages are served from %s too: see public_urls", plain)
    if not settings.exam_app_keys and not settings.exam_app_networks:
        log.warning("exam apps are answered 401: there is neither EXAM_APP_KEYS nor exam_app_networks")


def _chores(services: Services, channel: LiveChannel, sleep: Callable[[float], object]) -> list[Chore]:
    settings, store = services.settings, services.store
    sequence, sweeper = SequenceWatch(), Sweeper()
    bench = Bench(
        store=store,
        storage=services.storage,
        folder=settings.data_dir / "joining",
        run_blocking=services.run_blocking,
        sleep=sleep,
        clock=services.clock,
    )

    leftovers = Leftovers(store, services.storage)

    def tidy_up() -> None:
        remove_left_over(bench)
        leftovers.remove(services.clock())

    def watch_time() -> None:
        waits = {"offline_after_s": settings.offline_after_s, "join_expiry_hours": settings.join_expiry_hours}
        sweeper.sweep(**services.context, **waits)

    def judge() -> None:
        for _ in range(JUDGED_IN_A_ROW):
            if flags.judge_due(**services.context) < flags.AT_A_TIME:
                return

    def keep_retention() -> None:
        days = {"retention_days": settings.retention_days, "audit_days": settings.audit_days}
        retention.keep(store=store, storage=services.storage, clock=services.clock, **days)

    return [
        Chore("exam clocks", 1, watch_time),
        Chore("exams to remember", 10, store.exams.remember),
        Chore("calls of exam apps", 1, lambda: services.exam_app_calls.carry_out(store=store, live=services.live)),
        Chore("flags", 0.5, judge),
        Chore("missing events", 2, lambda: sequence.look(**services.context)),
        Chore("review queue", 1, lambda: verdicts.rank_changed(store=store)),
        Chore("signed-out consoles", 3, channel.close_signed_out),
        Chore("connections of strangers", 2, channel.close_strangers),
        Chore("event counts", 0.1, store.event_writer.write_counts),
        Chore("doubtful event counts", 5, lambda: store.event_writer.recount(services.clock() - LATE_EVENTS)),
        Chore("recordings", 2, lambda: join_due(bench)),
        Chore("leftover files", 3_600, tidy_up),
        Chore("retention", 3_600, keep_retention),
        Chore("waiting uploads", 5, lambda: settle_pending(services.storage, store=store, now=services.clock())),
    ]


def _sign_in(app: Flask) -> None:
    # Not by its `init_app`. Templates are given what they show: looking up who is signed in for every one, error pages
    # as well, would make a database that is away fail twice, and the second time without words. And we remember nobody
    # by a second cookie, which it would look after with each answer.
    manager = LoginManager()
    manager.session_protection = None
    app.login_manager = manager  # type: ignore[attr-defined]

    def load(login_id: str) -> ConsoleUser | None:
        services = cast(Services, app.extensions[EXTENSION])
        signed_in = logins.check(login_id, store=services.store, settings=services.settings, now=services.clock())
        return ConsoleUser(signed_in) if signed_in else None

    manager.user_loader(load)


def _translate(app: Flask, settings: Settings) -> None:
    def locale() -> str:
        return request.accept_languages.best_match(LOCALES) or settings.default_locale

    Babel(app, locale_selector=locale, default_locale=settings.default_locale)
    asset = static_files.install(app)

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "settings_name": settings.name,
            "page_language": locale(),
            "asset": asset,
        }


def _guard(app: Flask, settings: Settings) -> None:
    logs.install(app)
    guard.install(app)
    headers.install(app)
    failures.install(app)
    declare(app.view_functions["static"], Declaration(frozenset({Role.ANYONE})))
    app.config["TRUSTED_HOSTS"] = settings.hosts
    if settings.exam_app_prefixes:
        app.wsgi_app = ExamAppPrefix(app.wsgi_app)  # type: ignore[method-assign]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _run_blocking(settings: Settings) -> RunBlocking:
    if settings.async_mode == "eventlet":
        from eventlet import tpool

        return cast(RunBlocking, tpool.execute)
    return run_here


def _storage(settings: Settings, store: Store, run_blocking: RunBlocking) -> Storage:
    config = StorageConfig(
        backend=Backend(settings.storage_backend),
        data_dir=settings.data_dir,
        s3=S3Config(
            settings.s3_bucket,
            endpoint_url=settings.s3_endpoint_url,
            region=settings.s3_region,
            prefix=settings.s3_prefix,
            access_key_id=settings.s3_access_key_id,
            secret_access_key=settings.s3_secret_access_key,
        ),
        deta=DetaConfig(settings.deta_project_key, base_url=settings.deta_drive_url),
    )
    return make_storage(config, database=store.database, run_blocking=cast(Any, run_blocking))


class _Orjson(JSONProvider):
    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Answer:
        found = self._prepare_response_obj(args, kwargs)
        return Answer(orjson.dumps(found, default=str), content_type="application/json")
