"""What can go wrong with a stored file, as members of the application's one error family."""

from __future__ import annotations

from proctor.errors import NotFound, ProctorError, TooLarge, Unavailable


class StorageError(ProctorError):
    """Anything a storage backend reports."""


class ObjectNotFound(StorageError, NotFound):
    """There is no complete file of that name."""


class InvalidName(ObjectNotFound):
    """The name is not one that this application makes, so no file can have it."""


class ObjectTooLarge(StorageError, TooLarge):
    """The stream went on after ``max_bytes``; nothing of it was kept."""


class StorageUnavailable(StorageError, Unavailable):
    """The backend is away, answers nonsense, or does not hold what it was given."""


class StorageFull(StorageError):
    """The disk is full (RFC 4918, section 11.5); the same upload works once there is room."""

    status = 507
    title = "No space left"


class ObjectBusy(StorageError, Unavailable):
    """The file is on its way to the backend at this moment; ask again in a few seconds."""
