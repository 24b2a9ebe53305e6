"""Uploads while the storage behind is away: taken, served from the disk, and stored when it is back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proctor.domain.exam_clock import utc_now
from proctor.domain.videos import settle_pending
from proctor.storage import Bucket
from tests.integration.conftest import AppFactory
from tests.support import s3_server
from tests.support.actors import Caller
from tests.support.clips import clip
from tests.support.deta_drive import DetaDrive
from tests.support.faulty_proxy import Fault, FaultyProxy
from tests.support.sessions_api import SessionsApi

Away = tuple[SessionsApi, FaultyProxy]


@pytest.fixture(params=["s3", "deta"])
def away(
    request: pytest.FixtureRequest, make_app: AppFactory, s3_port: int, deta_drive: DetaDrive, tmp_path: Path
) -> Iterator[Away]:
    """Give a client of an application that reaches its storage through a proxy, which a test may break."""
    with ExitStack() as cleanup:
        proxy = cleanup.enter_context(FaultyProxy(s3_port if request.param == "s3" else deta_drive.port))
        address = f"http://127.0.0.1:{proxy.port}"
        settings: dict[str, Any] = {"deta_drive_url": address, "deta_project_key": f"{uuid.uuid4().hex}_secret"}
        if request.param == "s3":
            settings = {"s3_endpoint_url": address, "s3_bucket": s3_server.BUCKET, "s3_prefix": f"{uuid.uuid4().hex}/"}
            settings |= {"s3_access_key_id": s3_server.KEY, "s3_secret_access_key": s3_server.KEY}
        app = make_app(api_access="open", storage_backend=request.param, data_dir=tmp_path, **settings)
        yield SessionsApi(app, Caller(app), tmp_path), proxy


def settle(api: SessionsApi) -> None:
    """Do what the server does every few seconds, an hour later."""
    settle_pending(api.services.storage, store=api.services.store, now=utc_now() + timedelta(hours=1))


def videos(api: SessionsApi) -> list[str]:
    return sorted(api.services.storage.names(Bucket.VIDEOS))


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.RESET])
def test_a_video_is_pending_and_served_while_the_backend_is_away_and_stored_afterwards(
    away: Away, fault: Fault, tmp_path: Path
) -> None:
    api, proxy = away
    session_id = api.make()
    assert api.upload(session_id, clip("mp4")).json["video_status"] == "stored"

    proxy.break_with(fault)
    pending = api.upload(session_id, clip("webm"))
    path = pending.json["video_path"]

    assert (pending.status_code, pending.json["video_status"]) == (200, "pending")
    assert api.bytes_of(path) == clip("webm")
    assert api.get(path, Range="bytes=100-199").data == clip("webm")[100:200]
    settle(api)
    assert api.get(f"/sessions/{session_id}").json["video_status"] == "pending"

    proxy.heal()
    settle(api)

    assert api.get(f"/sessions/{session_id}").json["video_status"] == "stored"
    assert api.bytes_of(path) == clip("webm")
    assert list((tmp_path / "staging").iterdir()) == []
    assert videos(api) == [f"{session_id}.webm"], "the one it replaced is gone"


def test_reports_are_made_and_served_while_the_backend_is_away(away: Away) -> None:
    api, proxy = away
    session_id = api.make("Ann")

    proxy.break_with(Fault.ERROR)
    numbers, table = api.get(f"/sessions/{session_id}/report"), api.get(f"/sessions/{session_id}/report.csv")

    assert (numbers.status_code, table.status_code) == (200, 200)
    assert "Ann" in api.bytes_of(f"/reports/report_{session_id}.html").decode()
    proxy.heal()
    settle(api)
    assert sorted(api.services.storage.names(Bucket.REPORTS)) == [
        f"report_{session_id}.csv",
        f"report_{session_id}.html",
    ]


def test_a_newer_upload_that_waits_is_not_called_stored_when_an_older_one_arrives(away: Away) -> None:
    api, proxy = away
    session_id, services = api.make(), api.services
    proxy.break_with(Fault.ERROR)
    api.upload(session_id, clip(size=20_000))
    newer = services.store.sessions.get(session_id)
    assert newer
    assert newer.video

    services.store.sessions.video_arrived(newer.video.name, "0" * 64)

    assert api.get(f"/sessions/{session_id}").json["video_status"] == "pending"


def test_a_video_that_arrives_before_the_session_names_it_counts_as_stored(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, proxy = away
    session_id, sessions = api.make(), api.services.store.sessions
    set_video: Callable[..., Any] = sessions.set_video
    proxy.break_with(Fault.ERROR)

    def arrive_first(*args: Any) -> Any:
        proxy.heal()
        settle(api)
        return set_video(*args)

    monkeypatch.setattr(sessions, "set_video", arrive_first)
    answer = api.upload(session_id)

    assert answer.json["video_status"] == "stored"


def test_a_video_that_is_refused_while_the_backend_is_away_leaves_nothing_behind(away: Away, tmp_path: Path) -> None:
    api, proxy = away
    session_id = api.make()
    proxy.break_with(Fault.ERROR)

    assert api.upload(session_id, b"<html>").status_code == 415

    assert list((tmp_path / "staging").iterdir()) == []
    assert api.get(f"/sessions/{session_id}").json["video_path"] is None
