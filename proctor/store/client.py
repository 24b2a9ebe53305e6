"""One MongoDB client per process, with journaled writes and short waits, and one translation of its errors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from pymongo import MongoClient, WriteConcern
from pymongo.collection import Collection
from pymongo.database import Database as PymongoDatabase
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from proctor.errors import Unavailable
from proctor.records import SessionId

P = ParamSpec("P")
R = TypeVar("R")
Document = dict[str, Any]
Database = PymongoDatabase[Document]
DocumentCollection = Collection[Document]

FIND_SERVER_MS = 2_000
JOURNALED = WriteConcern(w="majority", j=True, wtimeout=5_000)
"""An acknowledged write is on disk and, in a replica set, survives a failover."""


def is_address(url: str) -> bool:
    """Whether the driver can read ``url``. Nothing is sent, and no name looked up."""
    if url.startswith("mongodb+srv://"):  # which names a record of the DNS
        return True
    try:
        parse_uri(url if "://" in url else f"mongodb://{url}")
    except (PyMongoError, ValueError):
        return False
    return True


def connect(url: str, database: str) -> Database:
    """Return ``database`` at ``url``. Nothing is sent before the first operation.

    Waits are short because a person is waiting: 2 s to find a server (the driver's default is 30 s), 5 s for an answer.
    A read that had no answer is not asked for again: that would make it ten, and exam apps wait no longer.
    """
    client: MongoClient[Document] = MongoClient(
        url,
        appname="proctor",
        tz_aware=True,
        connect=False,
        serverSelectionTimeoutMS=FIND_SERVER_MS,
        connectTimeoutMS=FIND_SERVER_MS,
        socketTimeoutMS=5_000,
        retryReads=False,
        maxPoolSize=200,
    )
    return client.get_database(database, write_concern=JOURNALED)


def unavailable_on_failure(function: Callable[P, R]) -> Callable[P, R]:
    """Make ``function`` raise ``Unavailable`` where the driver gives up. A failed write counts as not taken."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except PyMongoError as error:
            raise Unavailable("The database cannot be reached right now. Please try again in a moment.") from error

    return call


@unavailable_on_failure
def incarnation(database: Database) -> object:
    """Return a value that changes when the server does: after a restart, or where another takes over.

    What did not wait for the journal may then be missing.
    """
    return database.client.admin.command("hello").get("topologyVersion", {}).get("processId")


@unavailable_on_failure
def ping(database: Database) -> None:
    """Return when the server answers."""
    database.command("ping")


class Documents:
    """One collection: what its subclasses share."""

    name: str

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection: DocumentCollection = database[self.name]

    @property
    def _documents(self) -> DocumentCollection:
        """Where to look for documents, and where to write them."""
        return self._collection

    def ensure_indexes(self) -> None:
        """Create the indexes declared for this collection."""

    @unavailable_on_failure
    def count_of_session(self, session_id: SessionId) -> int:
        """Return how many documents belong to this session."""
        return self._documents.count_documents({"session_id": session_id})

    @unavailable_on_failure
    def forget_session(self, session_id: SessionId) -> None:
        """Delete every document that belongs to this session."""
        self._documents.delete_many({"session_id": session_id})
