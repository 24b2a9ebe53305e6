"""Files in Deta Drive, or in anything else that speaks its HTTP API.

Deta closed its hosted service in 2024. The API was public, small and is spoken here directly, without Deta's
SDK: drives ``videos`` and ``reports`` under ``<base_url>/v1/<project id>/<drive>``, authorised by the header
``X-API-Key``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from proctor.storage.base import (
    CHUNK_BYTES,
    PART_BYTES,
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
    is_valid_name,
)
from proctor.storage.config import DetaConfig
from proctor.storage.errors import ObjectNotFound, StorageError, StorageUnavailable

log = logging.getLogger(__name__)

_MAX_JSON_BYTES = 1024 * 1024
_JSON = "application/json"


@dataclass(frozen=True)
class _Exchange:
    """A request's connection and its answer, whose body may still be on its way."""

    connection: HTTPConnection
    answer: HTTPResponse

    def close(self) -> None:
        # An answer that ends its connection takes the socket over, so both must let go of it.
        self.answer.close()
        self.connection.close()


class DetaStorage(Storage):
    """A drive per bucket. A file sent in parts appears only when its upload is ended."""

    def __init__(self, config: DetaConfig) -> None:
        self._config = config
        self._url = urlsplit(config.base_url)

    def save(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        """Send small files whole and larger ones in parts, aborted when anything fails."""
        check_name(name)
        measured = Measured(source, max_bytes=max_bytes)
        parts = measured.parts(PART_BYTES)
        first = next(parts, b"")
        if len(first) < PART_BYTES:
            self._ask("POST", bucket, "/files", {"name": name}, body=first, content_type=content_type_of(name))
        else:
            self._put_parts(bucket, name, first, parts)
        return measured.stored_as(bucket, name)

    def open(self, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> Opened:
        """Ask for the range; where the service sends the whole file all the same, skip to it."""
        wanted = {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        if (start, end) == (0, None) or (end is not None and end <= start):
            wanted = {}
        exchange = self._download(bucket, name, wanted)
        if exchange.answer.status == 416:
            # The range starts behind the end, so there is nothing to read but the size.
            exchange.close()
            exchange = self._download(bucket, name, {})
        with ExitStack() as on_failure:
            on_failure.callback(exchange.close)
            size, offset = _size_and_offset(exchange.answer)
            first, last = cut_range(size, start, end)
            if offset not in {0, first}:
                raise StorageUnavailable("The drive sent another part of the file than the one asked for.")
            on_failure.pop_all()
        chunks = _read_body(exchange.answer, skip=first - offset, length=last - first)
        return Opened(ObjectInfo(name, size), first, last, chunks, exchange.close)

    def stat(self, bucket: Bucket, name: str) -> ObjectInfo:
        """Begin a download for its headers, since the API has no other way to learn a size."""
        with self.open(bucket, name) as opened:
            return opened.info

    def delete(self, bucket: Bucket, name: str) -> None:
        """Delete the name; the service counts an absent one as deleted."""
        body = json.dumps({"names": [check_name(name)]}).encode()
        answer = self._ask("DELETE", bucket, "/files", {}, body=body, content_type=_JSON)
        if answer.get("failed"):
            raise StorageUnavailable("The drive could not delete the file.")

    def names(self, bucket: Bucket) -> Iterator[str]:
        """List names a page (1,000) at a time."""
        page: dict[str, str] = {"limit": "1000"}
        while True:
            answer = self._ask("GET", bucket, "/files", page)
            yield from (name for name in _names_in(answer) if is_valid_name(name))
            last = _last_name_in(answer)
            # A service that repeats a page would otherwise keep us here for ever.
            if not last or last == page.get("last"):
                return
            page["last"] = last

    def remove_abandoned(self, *, before: datetime) -> int:  # noqa: ARG002 - the interface's
        """Do nothing: the API cannot list unfinished uploads, and the service drops them itself."""
        return 0

    def _put_parts(self, bucket: Bucket, name: str, first: bytes, rest: Iterator[bytes]) -> None:
        begun = self._ask("POST", bucket, "/uploads", {"name": name})
        upload = f"/uploads/{quote(str(begun.get('upload_id', '')), safe='')}"
        with ExitStack() as undo:
            undo.callback(self._abort, bucket, upload, name)
            self._put_part(bucket, upload, name, 1, first)
            for number, part in enumerate(rest, start=2):
                self._put_part(bucket, upload, name, number, part)
            self._ask("PATCH", bucket, upload, {"name": name})
            undo.pop_all()

    def _put_part(self, bucket: Bucket, upload: str, name: str, number: int, part: bytes) -> None:
        query = {"name": name, "part": str(number)}
        content_type = content_type_of(name)
        self._ask("POST", bucket, f"{upload}/parts", query, body=part, content_type=content_type)

    def _abort(self, bucket: Bucket, upload: str, name: str) -> None:
        try:
            self._ask("DELETE", bucket, upload, {"name": name})
        except StorageError:
            log.warning("An unfinished upload to the drive could not be aborted.")

    def _download(self, bucket: Bucket, name: str, headers: Mapping[str, str]) -> _Exchange:
        query = {"name": check_name(name)}
        exchange = self._send("GET", bucket, "/files/download", query, headers=headers)
        status = exchange.answer.status
        if status in {200, 206, 416}:
            return exchange
        exchange.close()
        if status == 404:
            raise ObjectNotFound("There is no such file.")
        raise _unexpected(status)

    def _ask(
        self,
        method: str,
        bucket: Bucket,
        path: str,
        query: Mapping[str, str],
        *,
        body: bytes = b"",
        content_type: str = "application/octet-stream",
    ) -> dict[str, Any]:
        """Send a request and return the JSON object that answers it."""
        headers = {"Content-Type": content_type}
        exchange = self._send(method, bucket, path, query, headers=headers, body=body)
        answer = exchange.answer
        with closing(exchange), drive_errors():
            if answer.status == 404 and method == "GET":
                # A drive that nothing was ever put into does not exist yet, so it lists nothing.
                return {}
            if not 200 <= answer.status < 300:
                raise _unexpected(answer.status)
            return _json_object(answer.read(_MAX_JSON_BYTES))

    def _send(
        self,
        method: str,
        bucket: Bucket,
        path: str,
        query: Mapping[str, str],
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
    ) -> _Exchange:
        """Send a request on a connection of its own and return the answer, whatever its status."""
        target = f"{self._url.path.rstrip('/')}/v1/{self._config.project_id}/{bucket}{path}"
        connection = self._connect()
        with ExitStack() as on_failure:
            on_failure.callback(connection.close)
            with drive_errors():
                connection.request(
                    method,
                    f"{target}?{urlencode(query)}" if query else target,
                    body=body or None,
                    headers={**headers, "X-API-Key": self._config.project_key},
                )
                answer = connection.getresponse()
            on_failure.pop_all()
        return _Exchange(connection, answer)

    def _connect(self) -> HTTPConnection:
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        return kind(self._url.hostname or "", self._url.port, timeout=self._config.timeout_s)


@contextmanager
def drive_errors() -> Iterator[None]:
    """Turn the network's errors and unreadable answers into the storage's."""
    try:
        yield
    except (OSError, HTTPException, ValueError) as error:
        raise StorageUnavailable("The drive does not answer as it should.") from error


def _unexpected(status: int) -> StorageUnavailable:
    return StorageUnavailable(f"The drive answered with status {status}.")


def _json_object(text: bytes) -> dict[str, Any]:
    answer = json.loads(text)
    if not isinstance(answer, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - drive_errors turns it into ours
    return answer


def _names_in(answer: Mapping[str, Any]) -> list[str]:
    names = answer.get("names")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _last_name_in(answer: Mapping[str, Any]) -> str:
    paging = answer.get("paging")
    return str(paging.get("last") or "") if isinstance(paging, dict) else ""


def _size_and_offset(answer: HTTPResponse) -> tuple[int, int]:
    """Return the whole file's size, and where in it the body begins."""
    with drive_errors():
        if answer.status != 206:
            return int(answer.headers["Content-Length"] or ""), 0
        # RFC 9110, section 14.4: "bytes 0-99/1234"
        span, _, size = (answer.headers["Content-Range"] or "").removeprefix("bytes ").partition("/")
        return int(size), int(span.partition("-")[0])


def _read_body(answer: HTTPResponse, *, skip: int, length: int) -> Iterator[bytes]:
    while skip > 0:
        skip -= len(_read_some(answer, skip))
    while length > 0:
        chunk = _read_some(answer, length)
        length -= len(chunk)
        yield chunk


def _read_some(answer: HTTPResponse, at_most: int) -> bytes:
    with drive_errors():
        chunk = answer.read(min(CHUNK_BYTES, at_most))
    if not chunk:
        raise StorageUnavailable("The drive broke off while the file was read.")
    return chunk
