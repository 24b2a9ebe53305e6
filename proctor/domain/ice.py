"""ICE servers for one peer connection, with TURN credentials that soon lapse."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from proctor.settings import Settings


def ice_servers(viewer_id: str, *, settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """Return ``RTCIceServer`` objects for one viewer: the configured ones, and TURN by coturn's REST scheme.

    There the user name is "<expiry>:<name>" and the password its HMAC-SHA1 under the secret shared with coturn
    (draft-uberti-behave-turn-rest-00, coturn's ``use-auth-secret``).
    """
    servers = [dict(server) for server in settings.ice_servers]
    if settings.turn_urls:
        expiry = int((now + timedelta(minutes=settings.turn_minutes)).timestamp())
        username = f"{expiry}:{viewer_id}"
        digest = hmac.new(settings.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        servers.append({"urls": list(settings.turn_urls), "username": username, "credential": credential})
    return servers
