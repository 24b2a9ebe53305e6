"""Stored files on their way out, whole or in ranges, as streams."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from proctor.storage import Bucket, Opened, Storage

SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox; frame-ancestors 'none'"
)
"""A stored file runs nothing and loads nothing. A report's style is inside it, for it must stand alone."""


def send(storage: Storage, bucket: Bucket, name: str, *, as_attachment: bool = False) -> Response:
    """Answer with a stored file, or with the one byte range that was asked for (RFC 9110, section 14).

    Raises ``NotFound``. The type follows the name that we gave it, whatever the uploader said.
    """
    if request.method == "HEAD":
        info, wanted, response = storage.stat(bucket, name), None, Response()
    else:
        opened, wanted = _open(storage, bucket, name)
        info, response = opened.info, Response(opened.chunks, status=206 if wanted else 200)
        response.call_on_close(opened.close)
    start, end = wanted or (0, info.size)
    response.headers["Content-Length"] = str(end - start)
    response.headers["Content-Type"] = info.content_type
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Content-Disposition"] = f"{'attachment' if as_attachment else 'inline'}; filename={name}"
    if wanted:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    return response


def _open(storage: Storage, bucket: Bucket, name: str) -> tuple[Opened, tuple[int, int] | None]:
    """Open what is asked for, and return with it the range or None.

    A file that was replaced since its size was told is looked at again: what we say of it must be true of its bytes.
    """
    while True:
        size = storage.stat(bucket, name).size
        wanted = _range(size)
        opened = storage.open(bucket, name, *(wanted or (0, size)))
        if opened.info.size == size:
            return opened, wanted
        opened.close()


def _range(size: int) -> tuple[int, int] | None:
    """Return the range asked for, None for the whole file; several ranges at once may be answered with the whole."""
    # RFC 9110, section 14.2: a range has a meaning for GET alone.
    if request.method != "GET" or request.range is None or request.range.units != "bytes":
        return None
    if "If-Range" in request.headers:
        return None
    if len(request.range.ranges) != 1:
        return None
    [(first, end)] = request.range.ranges
    if first < 0:  # the last so many bytes, or all where there are fewer
        first = max(0, size + first)
    if first >= size:
        raise RequestedRangeNotSatisfiable(size)
    return first, size if end is None else min(end, size)
