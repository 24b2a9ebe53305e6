"""``flask recordings …``: what candidates' browsers recorded."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from proctor.cli.common import in_words
from proctor.domain import chain
from proctor.domain.exam_clock import utc_now
from proctor.errors import NotFound
from proctor.records import SessionId
from proctor.web.services import services

group = AppGroup("recordings", help="What candidates' browsers recorded.")


@group.command("verify")
@click.argument("session_id")
@in_words
def verify(session_id: str) -> None:
    """Check the chain of hashes and all files of the recordings of SESSION_ID."""
    s = services()
    found = s.store.recordings.of_session(SessionId(session_id))
    if not found:
        raise NotFound("Nothing was recorded of this session, or there is no such session.")
    faults = [fault for footage in found for fault in chain.verify(footage, store=s.store, storage=s.storage)]
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException("These recordings are not as they came in.")
    click.echo(f"{sum(footage.chunks for footage in found)} chunks and their files are as they came in.")


@group.command("retry")
@click.argument("session_id")
@in_words
def retry(session_id: str) -> None:
    """Have the failed recordings of SESSION_ID joined anew, by the running server."""
    click.echo(f"{services().store.recordings.retry(SessionId(session_id), utc_now())} will be joined anew.")
