"""The counters of the ``limits`` package, kept in our own database through the one client of this process."""

from __future__ import annotations

from typing import Any

from limits.storage.mongodb import MongoDBStorageBase

from proctor.store.client import Database


class ThrottleStorage(MongoDBStorageBase):
    """Moving windows in the collections ``counters`` and ``windows``; the first use creates their indexes.

    The package's own class opens a client of its own when it is made, and so cannot be made while the database is away.
    """

    STORAGE_SCHEME = ["proctor"]  # noqa: RUF012 - the base class declares it so

    def __init__(self, database: Database) -> None:
        self._client = database.client
        super().__init__("", database_name=database.name, wrap_exceptions=True)

    def __del__(self) -> None:
        """Leave the client alone: it is the store's."""

    def _init_mongo_client(self, uri: str | None, **options: int | str | bool) -> Any:  # noqa: ARG002 - its signature
        return self._client
