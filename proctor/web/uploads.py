"""Files that are read while they arrive, so that memory use does not grow with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, File, MultipartDecoder, NeedData

from proctor.errors import InvalidInput, MalformedInput, TooLarge, UnsupportedMedia

CHUNK_BYTES = 256 * 1024
BUFFER_BYTES = 4 * CHUNK_BYTES
"""What the decoder may hold back while it looks for the next boundary."""
MAX_PARTS = 10
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
"""What RFC 2046, section 5.1.1, lets stand between two parts."""
MAX_FIELD_BYTES = 65_536


def stream_file(field: str, *, max_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of the file ``field`` of the current multipart request as they come (RFC 7578).

    Raises ``UnsupportedMedia`` for another kind of body, ``MalformedInput`` for a broken one, ``InvalidInput`` where
    the file is missing, ``TooLarge``.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not _BOUNDARY.fullmatch(boundary):
        raise UnsupportedMedia("Send the file as multipart/form-data.")
    request.max_content_length = max_bytes + MAX_FIELD_BYTES
    decoder = MultipartDecoder(boundary.encode("ascii"), BUFFER_BYTES, max_parts=MAX_PARTS)
    found = False
    for chunk in _file_data(decoder, field):
        found = True
        yield chunk
    if not found:
        raise InvalidInput("The file is missing.", errors={field: ["Send a file that is not empty."]})


def stream_body(*, max_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of the current request's body as they come.

    Raises ``TooLarge`` for more than ``max_bytes``, ``MalformedInput`` where it breaks off.
    """
    # One more than is allowed: without a declared length, Werkzeug reads up to the limit and says nothing of the rest.
    request.max_content_length = max_bytes + 1
    total = 0
    try:
        while chunk := request.stream.read(CHUNK_BYTES):
            total += len(chunk)
            if total > max_bytes:
                raise TooLarge("The upload is too large.")
            yield chunk
    except RequestEntityTooLarge as error:
        raise TooLarge("The upload is too large.") from error
    except (ValueError, OSError) as error:
        raise MalformedInput("The upload could not be read.") from error


def _file_data(decoder: MultipartDecoder, field: str) -> Iterator[bytes]:
    is_wanted, was_found = False, False
    for event in _events(decoder):
        if isinstance(event, File) and event.name == field:
            if was_found:
                raise InvalidInput("There is more than one file.", errors={field: ["Send one file at a time."]})
            is_wanted = was_found = True
        elif isinstance(event, Data) and is_wanted:
            if event.data:
                yield event.data
            is_wanted = event.more_data


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    try:
        while True:
            chunk = request.stream.read(CHUNK_BYTES)
            decoder.receive_data(chunk or None)
            while not isinstance(event := decoder.next_event(), NeedData):
                if isinstance(event, Epilogue):
                    return
                yield event
            if not chunk:
                raise MalformedInput("The upload ended before it was complete.")
    except RequestEntityTooLarge as error:
        raise TooLarge("The upload is too large.") from error
    except (ValueError, OSError) as error:
        raise MalformedInput("The upload could not be read.") from error
