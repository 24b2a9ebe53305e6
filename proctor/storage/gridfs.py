"""Files inside the MongoDB that is there anyway, laid out as the GridFS specification says.

PyMongo's own GridFS classes gather 48 MB in memory per upload and up to 16 MB per download; an exam hall's
worth of those does not fit. The layout is small enough to write here in batches of 2 MB, and stays readable
by every GridFS tool.

``<bucket>.files``: ``{_id: ObjectId, length: int, chunkSize: int, uploadDate: datetime, filename: str,
metadata: {sha256: str, contentType: str}}``.
``<bucket>.chunks``: ``{_id: ObjectId, files_id: ObjectId, n: int, data: bytes}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypedDict

from bson import ObjectId
from pymongo import WriteConcern, timeout
from pymongo.collection import Collection
from pymongo.cursor import Cursor
from pymongo.database import Database
from pymongo.errors import PyMongoError

from proctor.storage.base import (
    Bucket,
    Measured,
    ObjectInfo,
    Opened,
    Source,
    Storage,
    StoredObject,
    check_name,
    content_type_of,
    cut_range,
)
from proctor.storage.errors import ObjectNotFound, StorageError, StorageUnavailable

# The specification's default, a little less than a power of two so that a chunk's document stays below one.
GRIDFS_CHUNK_BYTES = 255 * 1024
_BATCH_CHUNKS = 8
_NEWEST_FIRST = [("uploadDate", -1), ("_id", -1)]

Document = dict[str, Any]


class _FileDocument(TypedDict):
    _id: ObjectId
    filename: str
    length: int
    chunkSize: int
    uploadDate: datetime


class GridFSStorage(Storage):
    """The collections ``videos.*`` and ``reports.*`` of the given database.

    The document that makes chunks a file is acknowledged by a majority and journaled, and so is everything that
    its server wrote before it. Should a failover in the middle have lost chunks nevertheless, the comparison
    that ``StagedStorage`` makes finds it.
    """

    def __init__(self, database: Database[Document], *, timeout_s: float = 30) -> None:
        self._timeout_s = timeout_s
        self._database = database
        self._indexed: set[Bucket] = set()

    def save(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        """Write the chunks, then the document that makes them a file; remove what it replaces."""
        check_name(name)
        self._ensure_indexes(bucket)
        measured = Measured(source, max_bytes=max_bytes)
        file_id = ObjectId()
        with ExitStack() as undo:
            undo.callback(self._discard_chunks, bucket, file_id)
            self._write_chunks(bucket, file_id, measured)
            published = self._publish(bucket, file_id, name, measured)
            undo.pop_all()
        self._remove_older(bucket, published)
        return measured.stored_as(bucket, name)

    def open(self, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> Opened:
        """Read from the chunk that holds ``start``; a file replaced meanwhile is an error, never a mixture."""
        file = self._newest(bucket, name)
        first, last = cut_range(file["length"], start, end)
        chunk_bytes = file["chunkSize"]
        wanted = {"files_id": file["_id"], "n": {"$gte": first // chunk_bytes}}
        cursor = self._chunks(bucket).find(wanted, sort=[("n", 1)], batch_size=_BATCH_CHUNKS)
        chunks = self._read_range(cursor, first, last, chunk_bytes=chunk_bytes)
        return Opened(ObjectInfo(name, file["length"]), first, last, chunks, cursor.close)

    def stat(self, bucket: Bucket, name: str) -> ObjectInfo:
        """Read the newest document of that name."""
        return ObjectInfo(name, self._newest(bucket, name)["length"])

    def delete(self, bucket: Bucket, name: str) -> None:
        """Remove every version of the file."""
        self._remove_files(bucket, {"filename": check_name(name)})

    def names(self, bucket: Bucket) -> Iterator[str]:
        """Read names from the index, one even where a second version is about to be removed."""
        last = ""
        cursor = self._files(bucket).find({}, {"_id": 0, "filename": 1}, sort=[("filename", 1)])
        while file := self._next(cursor):
            if file["filename"] != last:
                last = file["filename"]
                yield last

    def remove_abandoned(self, *, before: datetime) -> int:
        """Remove chunks without a file document whose id was made before that moment."""
        return sum(self._remove_orphans(bucket, before) for bucket in Bucket)

    @contextmanager
    def _operation(self) -> Iterator[None]:
        """Bound an exchange with the database in time, and turn the driver's errors into the storage's.

        Nothing may be yielded to a caller inside: the bound would hold for what the caller does as well.
        """
        try:
            with timeout(self._timeout_s):
                yield
        except PyMongoError as error:
            raise StorageUnavailable("The database that keeps the files does not answer.") from error

    def _files(self, bucket: Bucket) -> Collection[Document]:
        durable = WriteConcern(w="majority", j=True)
        return self._database.get_collection(f"{bucket}.files", write_concern=durable)

    def _chunks(self, bucket: Bucket) -> Collection[Document]:
        # Waiting for the journal after each 2 MB costs a fifth of the speed and proves nothing more.
        return self._database.get_collection(f"{bucket}.chunks", write_concern=WriteConcern(w=1))

    def _ensure_indexes(self, bucket: Bucket) -> None:
        if bucket in self._indexed:
            return
        with self._operation():
            self._files(bucket).create_index([("filename", 1), ("uploadDate", 1)])
            self._chunks(bucket).create_index([("files_id", 1), ("n", 1)], unique=True)
        self._indexed.add(bucket)

    def _write_chunks(self, bucket: Bucket, file_id: ObjectId, measured: Measured) -> None:
        batch: list[Document] = []
        for number, data in enumerate(measured.parts(GRIDFS_CHUNK_BYTES)):
            batch.append({"files_id": file_id, "n": number, "data": data})
            if len(batch) == _BATCH_CHUNKS:
                self._insert_chunks(bucket, batch)
                batch = []
        self._insert_chunks(bucket, batch)

    def _insert_chunks(self, bucket: Bucket, batch: list[Document]) -> None:
        with self._operation():
            if batch:
                self._chunks(bucket).insert_many(batch)

    def _publish(self, bucket: Bucket, file_id: ObjectId, name: str, measured: Measured) -> _FileDocument:
        file: _FileDocument = {
            "_id": file_id,
            "filename": name,
            "length": measured.size,
            "chunkSize": GRIDFS_CHUNK_BYTES,
            # MongoDB keeps milliseconds; the comparison in _remove_older needs the kept value.
            "uploadDate": _whole_ms(datetime.now(UTC)),
        }
        metadata = {"sha256": measured.sha256, "contentType": content_type_of(name)}
        with self._operation():
            self._files(bucket).insert_one({**file, "metadata": metadata})
        return file

    def _newest(self, bucket: Bucket, name: str) -> _FileDocument:
        with self._operation():
            found = self._files(bucket).find_one({"filename": check_name(name)}, sort=_NEWEST_FIRST)
        if found is None:
            raise ObjectNotFound("There is no such file.")
        return _FileDocument(
            _id=found["_id"],
            filename=found["filename"],
            length=int(found["length"]),
            chunkSize=int(found["chunkSize"]),
            uploadDate=found["uploadDate"],
        )

    def _next(self, cursor: Cursor[Document]) -> Document | None:
        with self._operation():
            return next(cursor, None)

    def _read_range(self, cursor: Cursor[Document], start: int, end: int, *, chunk_bytes: int) -> Iterator[bytes]:
        position = start
        while position < end:
            chunk = self._next(cursor)
            number, offset = divmod(position, chunk_bytes)
            data = b"" if chunk is None or chunk["n"] != number else chunk["data"][offset:][: end - position]
            if not data:
                raise StorageUnavailable("The file was replaced or damaged while it was read.")
            position += len(data)
            yield data

    def _remove_older(self, bucket: Bucket, kept: _FileDocument) -> None:
        """Remove versions older than ``kept``; of two saves at once neither removes the newer one's."""
        date, file_id = kept["uploadDate"], kept["_id"]
        older = [{"uploadDate": {"$lt": date}}, {"uploadDate": date, "_id": {"$lt": file_id}}]
        # The new version is already the one that readers see; a leftover costs room, not correctness.
        with suppress(StorageUnavailable):
            self._remove_files(bucket, {"filename": kept["filename"], "$or": older})

    def _remove_files(self, bucket: Bucket, wanted: Document) -> None:
        with self._operation():
            for file in list(self._files(bucket).find(wanted, {"_id": 1})):
                # The document goes first: without it the chunks are no file.
                self._files(bucket).delete_one({"_id": file["_id"]})
                self._chunks(bucket).delete_many({"files_id": file["_id"]})

    def _discard_chunks(self, bucket: Bucket, file_id: ObjectId) -> None:
        """Undo an upload. An unanswered publish may still have happened, so its document goes as well."""
        with suppress(StorageError):
            self._remove_files(bucket, {"_id": file_id})
            with self._operation():
                self._chunks(bucket).delete_many({"files_id": file_id})

    def _remove_orphans(self, bucket: Bucket, before: datetime) -> int:
        removed = 0
        old = {"files_id": {"$lt": ObjectId.from_datetime(before)}, "n": 0}
        with self._operation():
            # From the index alone: with the _id, it would read the first chunk of every file that there is.
            for chunk in self._chunks(bucket).find(old, {"_id": 0, "files_id": 1}):
                file_id = chunk["files_id"]
                if self._files(bucket).find_one({"_id": file_id}, {"_id": 1}) is None:
                    self._chunks(bucket).delete_many({"files_id": file_id})
                    removed += 1
        return removed


def _whole_ms(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
