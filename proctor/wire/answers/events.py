"""Answering events and notes."""

from __future__ import annotations

from proctor.records import Delivery, Event
from proctor.wire import shapes
from proctor.wire.answers.common import iso, iso_or_none


def event_answer(event: Event) -> shapes.EventAnswer:
    """Answer one event."""
    answer: shapes.EventAnswer = {
        "id": event.id,
        "event_type": event.event_type,
        "message": event.message,
        "payload": dict(event.payload),
        "timestamp": iso(event.timestamp),
        "received_at": iso(event.received_at),
        "source": str(event.source),
    }
    if event.delivery is not None:
        answer["delivery"] = _delivery(event.delivery)
    return answer


def plain_event(event: Event) -> shapes.PlainEvent:
    """Answer an event in the words of the sessions API."""
    return {
        "id": event.id,
        "event_type": event.event_type,
        "message": event.message,
        "timestamp": iso(event.timestamp),
    }


def note_answer(event: Event) -> shapes.NoteAnswer:
    """Answer a note."""
    by, at = event.payload.get("by"), event.payload.get("timestamp_sec")
    return {
        "id": event.id,
        "note": event.message,
        "by": str(by or event.source),
        "timestamp_sec": at,
        "created_at": iso(event.received_at),
    }


def _delivery(delivery: Delivery) -> shapes.DeliveryAnswer:
    return {
        "delivered_at": iso_or_none(delivery.delivered_at),
        "acknowledged_at": iso_or_none(delivery.acknowledged_at),
    }
