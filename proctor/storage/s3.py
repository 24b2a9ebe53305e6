"""Files in a bucket of any service that speaks S3."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

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
from proctor.storage.config import S3Config
from proctor.storage.errors import ObjectNotFound, StorageError, StorageUnavailable

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

log = logging.getLogger(__name__)

_ABSENT: Final = {"404", "NoSuchKey", "NotFound"}


class S3Storage(Storage):
    """Keys ``<prefix>videos/<name>`` and ``<prefix>reports/<name>`` in one bucket of the service.

    The service shows an object only when its upload was completed, which is all the atomicity needed.
    """

    def __init__(self, config: S3Config) -> None:
        self._config = config
        self._client = _make_client(config)

    def save(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        """Send small files whole and larger ones in parts, aborted when anything fails."""
        key = self._key(bucket, name)
        measured = Measured(source, max_bytes=max_bytes)
        parts = measured.parts(PART_BYTES)
        first = next(parts, b"")
        if len(first) < PART_BYTES:
            self._put(key, first)
        else:
            self._put_parts(key, first, parts)
        return measured.stored_as(bucket, name)

    def open(self, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> Opened:
        """Ask for just the range, of the very version whose size was read."""
        key = self._key(bucket, name)
        with s3_errors():
            head = self._client.head_object(Bucket=self._config.bucket, Key=key)
        size = head["ContentLength"]
        first, last = cut_range(size, start, end)
        info = ObjectInfo(name, size)
        if first == last:
            return Opened(info, first, last, iter(()), lambda: None)
        with s3_errors():
            answer = self._client.get_object(
                Bucket=self._config.bucket, Key=key, Range=f"bytes={first}-{last - 1}", IfMatch=head["ETag"]
            )
        body = answer["Body"]
        return Opened(info, first, last, _read_body(body, last - first), body.close)

    def stat(self, bucket: Bucket, name: str) -> ObjectInfo:
        """Ask for the object's headers."""
        with s3_errors():
            head = self._client.head_object(Bucket=self._config.bucket, Key=self._key(bucket, name))
        return ObjectInfo(name, head["ContentLength"])

    def delete(self, bucket: Bucket, name: str) -> None:
        """Delete the key; the service counts an absent one as deleted."""
        with s3_errors():
            self._client.delete_object(Bucket=self._config.bucket, Key=self._key(bucket, name))

    def names(self, bucket: Bucket) -> Iterator[str]:
        """List keys a page (1,000) at a time."""
        prefix = f"{self._config.prefix}{bucket}/"
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._config.bucket, Prefix=prefix)
        with s3_errors():
            for page in pages:
                names = (entry["Key"].removeprefix(prefix) for entry in page.get("Contents", ()))
                yield from (name for name in names if is_valid_name(name))

    def remove_abandoned(self, *, before: datetime) -> int:
        """Abort multipart uploads that were begun before that moment and never completed."""
        removed = 0
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._config.bucket, Prefix=self._config.prefix
        )
        with s3_errors():
            for page in pages:
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < before:
                        self._abort(upload["Key"], upload["UploadId"])
                        removed += 1
        return removed

    def _key(self, bucket: Bucket, name: str) -> str:
        return f"{self._config.prefix}{bucket}/{check_name(name)}"

    def _put(self, key: str, body: bytes) -> None:
        with s3_errors():
            self._client.put_object(Bucket=self._config.bucket, Key=key, Body=body, ContentType=content_type_of(key))

    def _put_parts(self, key: str, first: bytes, rest: Iterator[bytes]) -> None:
        with s3_errors():
            begun = self._client.create_multipart_upload(
                Bucket=self._config.bucket, Key=key, ContentType=content_type_of(key)
            )
        upload_id = begun["UploadId"]
        with ExitStack() as undo:
            undo.callback(self._abort, key, upload_id)
            sent = [self._put_part(key, upload_id, 1, first)]
            sent += [self._put_part(key, upload_id, number, part) for number, part in enumerate(rest, start=2)]
            with s3_errors():
                self._client.complete_multipart_upload(
                    Bucket=self._config.bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": sent}
                )
            undo.pop_all()

    def _put_part(self, key: str, upload_id: str, number: int, part: bytes) -> CompletedPartTypeDef:
        with s3_errors():
            answer = self._client.upload_part(
                Bucket=self._config.bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=part
            )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def _abort(self, key: str, upload_id: str) -> None:
        """Give up an upload. Where even that fails, ``remove_abandoned`` finds it later."""
        try:
            with s3_errors():
                self._client.abort_multipart_upload(Bucket=self._config.bucket, Key=key, UploadId=upload_id)
        except StorageError:
            log.warning("An unfinished upload could not be aborted; it is swept up later.")


@contextmanager
def s3_errors() -> Iterator[None]:
    """Turn the client's errors into the storage's."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _ABSENT:
            raise ObjectNotFound("There is no such file.") from error
        raise StorageUnavailable("The object store refused the request.") from error
    except BotoCoreError as error:
        raise StorageUnavailable("The object store does not answer.") from error


def _make_client(config: S3Config) -> S3Client:
    return boto3.client(
        "s3",
        endpoint_url=config.endpoint_url or None,
        region_name=config.region,
        aws_access_key_id=config.access_key_id or None,
        aws_secret_access_key=config.secret_access_key or None,
        config=Config(
            connect_timeout=config.connect_timeout_s,
            read_timeout=config.timeout_s,
            retries={"total_max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path" if config.endpoint_url else "auto"},
            # Amazon's newer checksum headers are unknown to many compatible services.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _read_body(body: StreamingBody, length: int) -> Iterator[bytes]:
    left = length
    while left:
        with s3_errors():
            chunk = body.read(min(CHUNK_BYTES, left))
        if not chunk:
            raise StorageUnavailable("The object store broke off while the file was read.")
        left -= len(chunk)
        yield chunk
