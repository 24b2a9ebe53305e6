"""Stored files on their way out, whole or in ranges, as streams."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from proctor.storage import Bucket, Storage

SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox; frame-ancestors 'none'"
)
"""A stored file runs nothing and loads nothing. A report's style is inside it, for it must stand alone."""


def send(storage: Storage, bucket: Bucket, name: str, *, as_attachment: bool = False) -> Response:
    """Answer with a stored file, or with the one byte range that was asked for (RFC 9110, section 14).

    Raises ``NotFound``. The type follows the name that we gave it, whatever the uploader said.
    """
    info = storage.stat(bucket, name)
    wanted = _range(info.size)
    start, end = wanted or (0, info.size)
    if request.method == "HEAD":
        response = Response(status=206 if wanted else 200)
    else:
        opened = storage.open(bucket, name, start, end)
        response = Response(opened.chunks, status=206 if wanted else 200)
        response.call_on_close(opened.close)
    response.headers["Content-Length"] = str(end - start)
    response.headers["Content-Type"] = info.content_type
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Content-Disposition"] = f"{'attachment' if as_attachment else 'inline'}; filename={name}"
    if wanted:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    return response


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
