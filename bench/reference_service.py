"""A minimal asynchronous service of the same API, for comparison: FastAPI and PyMongo's asynchronous client.

It does what the sessions API promises for sessions and events, journaled before it answers, and nothing else: nobody
is authenticated, no event is recognised when it comes twice, no counters are kept, and no page is told.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field
from pymongo import AsyncMongoClient, WriteConcern

Document = dict[str, Any]
client: AsyncMongoClient[Document] = AsyncMongoClient(os.environ["MONGODB_URL"], tz_aware=True)
database = client.get_database(os.environ["REFERENCE_DATABASE"], write_concern=WriteConcern(w=1, j=True))
app = FastAPI()


class NewSession(BaseModel):
    candidate_name: Annotated[str, Field(min_length=1, max_length=200)]


class Session(BaseModel):
    id: str
    candidate_name: str
    start_time: datetime
    end_time: datetime | None = None
    video_path: str | None = None


class NewEvent(BaseModel):
    event_type: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    message: Annotated[str, Field(max_length=500)] | None = None
    timestamp: datetime | None = None


class Event(BaseModel):
    id: str
    event_type: str
    message: str | None
    timestamp: datetime


@app.get("/health")
async def health() -> dict[str, str]:
    await client.admin.command("ping")
    return {"status": "ok"}


@app.post("/sessions")
async def create(body: NewSession) -> Session:
    session = Session(id=str(uuid.uuid4()), candidate_name=body.candidate_name, start_time=datetime.now(UTC))
    document = session.model_dump()
    await database.sessions.insert_one({"_id": document.pop("id"), **document})
    return session


@app.post("/sessions/{session_id}/events")
async def add_events(session_id: str, body: NewEvent | list[NewEvent]) -> Event | list[Event]:
    if await database.sessions.find_one({"_id": session_id}) is None:
        raise HTTPException(404, "There is no such session.")
    given = body if isinstance(body, list) else [body]
    now = datetime.now(UTC)
    events = [
        Event(id=str(uuid.uuid4()), event_type=new.event_type, message=new.message, timestamp=new.timestamp or now)
        for new in given
    ]
    documents = [{"_id": event.id, "session_id": session_id, **event.model_dump(exclude={"id"})} for event in events]
    if isinstance(body, list):
        await database.events.insert_many(documents, ordered=False)
        return events
    await database.events.insert_one(documents[0])
    return events[0]
