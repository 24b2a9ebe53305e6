"""The one family of errors that this application raises on purpose.

Domain code raises them, and one handler per door (HTTP, Socket.IO) turns them into the same body: ``{"detail": …}``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FieldErrors = Mapping[str, Sequence[str]]


class ProctorError(Exception):
    """A situation the caller can understand: an HTTP status and a sentence for people.

    Subclasses fix the status; ``detail`` says what is wrong and, where it helps, what to do next.
    """

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str, *, errors: FieldErrors | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.retry_after_s = retry_after_s

    def to_body(self) -> dict[str, object]:
        """Return the JSON body of this error: ``detail``, and where given ``errors`` and ``retry_after_s``."""
        body: dict[str, object] = {"detail": self.detail}
        if self.errors:
            body["errors"] = {field: list(problems) for field, problems in self.errors.items()}
        if self.retry_after_s is not None:
            body["retry_after_s"] = self.retry_after_s
        return body


class MalformedInput(ProctorError):
    """The request cannot be read at all: broken JSON, a NUL, nesting without end."""

    status = 400
    title = "The request could not be read"


class Unauthenticated(ProctorError):
    """No credentials, or credentials that do not hold (RFC 9110, section 15.5.2)."""

    status = 401
    title = "Please sign in"


class Forbidden(ProctorError):
    """The caller is known and may not do this."""

    status = 403
    title = "Not allowed"


class NotFound(ProctorError):
    """There is no such thing, or it belongs to someone else."""

    status = 404
    title = "Not found"


class Conflict(ProctorError):
    """The thing exists, but its state does not allow this now."""

    status = 409
    title = "Not possible now"


class Gone(ProctorError):
    """It was possible once, and will not be again (RFC 9110, section 15.5.11)."""

    status = 410
    title = "Too late"


class TooLarge(ProctorError):
    """The body or upload is over its limit."""

    status = 413
    title = "Too large"


class UnsupportedMedia(ProctorError):
    """The body's media type is not one this route takes."""

    status = 415
    title = "Unsupported media type"


class InvalidInput(ProctorError):
    """The request was read, and a field is missing, of the wrong type or out of range."""

    status = 422
    title = "Please check your input"


class TooMany(ProctorError):
    """A rate or count limit was reached; ``retry_after_s`` says when to try again."""

    status = 429
    title = "Too many requests"


class Unavailable(ProctorError):
    """Something the server depends on is away; nothing was changed, so the caller may send the same again."""

    status = 503
    title = "Temporarily unavailable"
