"""Answering recordings and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from proctor.domain.recordings import gaps
from proctor.records import Chunk, Evidence, Flag, Footage, FootageKind, FootageState, Segment, Session, Video
from proctor.wire import shapes
from proctor.wire.answers.common import iso, iso_or_none


def evidence_item(kept: Evidence) -> shapes.EvidenceItem:
    """Answer a kept picture or clip."""
    return {
        "id": kept.id,
        "kind": str(kept.kind),
        "path": f"/evidence/{kept.name}",
        "size": kept.size,
        "sha256": kept.sha256,
        "taken_at": iso(kept.taken_at),
        "flag_id": kept.flag_id,
        "action_id": kept.action_id,
        "pending": kept.pending,
    }


def recordings_of(session: Session, found: Sequence[Footage]) -> list[shapes.RecordingAnswer]:
    """Answer everything that was recorded of a session."""
    uploaded = [] if session.video is None else [_uploaded(session.video)]
    return [_recorded(footage) for footage in found] + uploaded


def takes(found: Sequence[Footage]) -> shapes.TakeList:
    """Answer the candidate's browser what is here of its recordings."""
    listed: list[shapes.TakeAnswer] = [
        {"kind": str(footage.kind), "take": take.id, "seq": take.chunks, "offset": take.size}
        for footage in found
        for take in footage.takes
    ]
    return {"takes": listed, "is_complete": any(footage.is_complete for footage in found)}


def footage_wanted(flags: Sequence[Flag], now: datetime) -> shapes.FootageWanted:
    """Answer the candidate's page which times these flags are about, and nothing else of them."""
    times: list[shapes.WantedTime] = [
        {"id": flag.id, "since": iso(flag.began_at), "until": iso_or_none(flag.cleared_at)}
        for flag in flags
        if flag.withdrawn_at is None
    ]
    return {"server_time": iso(now), "times": times}


def chunk(stored: Chunk) -> shapes.ChunkAnswer:
    """Answer where the recording goes on behind a chunk."""
    return {"seq": stored.seq + 1, "offset": stored.offset + stored.size, "chain": stored.chain}


def _recorded(footage: Footage) -> shapes.RecordingAnswer:
    file = footage.file
    segments = file.segments if file else ()
    return {
        "kind": str(footage.kind),
        "state": str(footage.state),
        "video_path": f"/videos/{file.name}" if file else None,
        "content_type": "video/webm",
        "duration_s": file.duration_s if file else None,
        "size": file.size if file else None,
        "sha256": file.sha256 if file else None,
        "received_bytes": footage.size,
        "started_at": iso(footage.takes[0].started_at) if footage.takes else None,
        "uploaded_at": iso(file.joined_at) if file else None,
        "segments": [_segment(segment) for segment in segments],
        "gaps": [{"starts_at": iso(gap.starts_at), "duration_s": gap.duration_s} for gap in gaps(segments)],
        "chain_ok": file.chain_ok if file else None,
        "pending": file.pending if file else False,
    }


def _segment(segment: Segment) -> shapes.SegmentAnswer:
    return {
        "starts_at": iso(segment.starts_at),
        "offset_s": segment.offset_s,
        "duration_s": segment.duration_s,
    }


def _uploaded(video: Video) -> shapes.RecordingAnswer:
    return {
        "kind": str(FootageKind.UPLOAD),
        "state": str(FootageState.READY),
        "video_path": f"/videos/{video.name}",
        "content_type": video.content_type,
        "duration_s": None,
        "size": video.size,
        "sha256": video.sha256,
        "received_bytes": video.size,
        "started_at": None,
        "uploaded_at": iso(video.uploaded_at),
        "segments": [],
        "gaps": [],
        "chain_ok": None,
        "pending": video.pending,
    }
