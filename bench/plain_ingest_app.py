"""What one would write first: a Flask-SocketIO handler that stores each event with a journaled write of its own.

To compare with, as ``bench.plain_ingest_app:app``. It checks nothing, knows no session, and counts nothing.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from pymongo import MongoClient, WriteConcern

app = Flask(__name__)
channel = SocketIO(app, async_mode="eventlet", cors_allowed_origins="*")
client: MongoClient[dict[str, Any]] = MongoClient(os.environ["MONGODB_URL"], connect=False)
stored = client[os.environ["PROCTOR_DATABASE"]].get_collection("plain", write_concern=WriteConcern(w=1, j=True))


@app.get("/health")
def health() -> dict[str, str]:
    """Say that this server is up."""
    return {"status": "ok"}


@channel.on("events", namespace="/candidate")
def events(body: dict[str, Any]) -> dict[str, Any]:
    """Store events one by one, and name those that are stored."""
    for event in body["events"]:
        stored.insert_one({"_id": event["id"], **event})
    return {"ok": True, "accepted": [event["id"] for event in body["events"]]}
