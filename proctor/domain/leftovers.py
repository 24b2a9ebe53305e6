"""Files that nothing names: a server failed in the middle of storing them, or before it noted what they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from proctor.storage import Bucket, Storage
from proctor.store import Store

AT_A_TIME = 500
ABANDONED = timedelta(days=1)


class Leftovers:
    """Removes them. A chunk goes at the second look that finds it: before, it may be on its way to being noted."""

    def __init__(self, store: Store, storage: Storage) -> None:
        self._store, self._storage = store, storage
        self._suspects: frozenset[str] = frozenset()

    def remove(self, now: datetime) -> None:
        """Remove uploads that broke off a day ago, and chunks of recordings that are nobody's, now as at the last look.

        Looks must be further apart than an upload takes.
        """
        self._storage.remove_abandoned(before=now - ABANDONED)
        found: set[str] = set()
        there = self._storage.names(Bucket.CHUNKS)
        while names := set(islice(there, AT_A_TIME)):
            found |= names - self._store.chunks.known(names)
        gone = found & self._suspects
        for name in gone:
            self._storage.delete(Bucket.CHUNKS, name)
        self._suspects = frozenset(found - gone)
