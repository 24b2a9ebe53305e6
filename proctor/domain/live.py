"""What the rest of the product announces to open pages. The sockets implement it; tests listen to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from proctor.records import Event, Flag, FlagId, LoginId, ProctorId, Session, SessionId


class Live(Protocol):
    """Tells open pages what has just been stored. Losing an announcement loses nothing: pages ask again on connect."""

    def session_changed(self, session: Session) -> None:
        """Tell the candidate's page its new state, and the consoles that may see the session."""

    def event_added(self, event: Event, session: Session) -> None:
        """Tell the consoles that watch this session."""

    def flags_changed(self, session: Session, flags: Sequence[Flag]) -> None:
        """Tell the consoles of these flags and of the score, and a page that records around flags of their times."""

    def action_due(self, action: Event) -> None:
        """Tell the candidate's page what the proctor did."""

    def handed_over(self, event: Event, session: Session, to: ProctorId) -> None:
        """Tell the consoles of this proctor that a session was handed over to them."""

    def snapshot_wanted(self, session_id: SessionId, flag_id: FlagId | None = None) -> None:
        """Ask the candidate's page for a picture at once, as evidence of this flag where one is named."""

    def snapshot_taken(self, session_id: SessionId, image: str, taken_at: datetime) -> None:
        """Show a picture (JPEG as base64) to the consoles whose wall shows this session."""

    def claim_released(self, session_id: SessionId) -> None:
        """Tell the candidate's page that another browser will go on."""

    def signed_out(self, login_id: LoginId) -> None:
        """Tell the consoles of this login to go."""
