"""What proctors make of flags, and what they make easier for a candidate."""

from __future__ import annotations

from proctor.wire.bodies.common import Body, Message, Payload, Uuid


class FlagAction(Body):
    """What a proctor makes of a flag, and why. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    reason: Message | None = None


class Accommodations(Body):
    """What is made easier for a candidate: ``{rule_id: {"off": true}}`` or ``{rule_id: {"stretch": 2.0}}``."""

    accommodations: Payload
