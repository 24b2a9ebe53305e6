"""Everything that is held about one candidate, as one zip file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import orjson

from proctor.audit_tags import AuditEntry
from proctor.domain import bundles, privacy
from proctor.domain.bundles import Part
from proctor.errors import NotFound
from proctor.records import Accommodation, Session
from proctor.web import bundle_files
from proctor.web.services import services


def stream(candidate_identifier: str, by: str) -> Iterator[bytes]:
    """Return the pieces of the archive, as whoever is called ``by`` asked for it. Raises ``NotFound`` at once."""
    s, name = services(), candidate_identifier.strip()
    found = privacy.sessions_of(name, store=s.store)
    granted = s.store.accommodations.of_candidate(name)
    if not found and not granted:
        raise NotFound("Nothing is held about a candidate of this name.")
    facts = {"generated_by": by, "candidate_identifier": name, "sessions": [session.id for session in found]}
    return bundles.stream(_parts(found, granted), facts, s.clock())


def _parts(found: list[Session], granted: list[Accommodation]) -> Iterator[Part]:
    for session in found:
        for part in bundle_files.parts(session):
            yield replace(part, name=f"sessions/{session.id}/{part.name}")
        if consent := services().store.consents.get(session.consent_hash or ""):
            yield _json(f"sessions/{session.id}/consent.json", asdict(consent))
    yield _json("accommodations.json", [asdict(one) for one in granted])
    entries = privacy.audit_lines(found, store=services().store)
    yield Part("audit.jsonl", lambda: map(_line, entries))


def _line(entry: AuditEntry) -> bytes:
    return orjson.dumps(asdict(entry)) + b"\n"


def _json(name: str, value: object) -> Part:
    return Part(name, lambda: iter([orjson.dumps(value, option=orjson.OPT_INDENT_2)]))
