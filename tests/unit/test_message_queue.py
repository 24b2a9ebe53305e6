"""The address of the message queue between several servers."""

import pytest

from proctor.sockets.setup import patient_for_seconds


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("redis://redis.internal:6379/0", "redis://redis.internal:6379/0?socket_connect_timeout=2"),
        ("rediss://:word@redis.internal/1?db=2", "rediss://:word@redis.internal/1?db=2&socket_connect_timeout=2"),
        ("redis://redis.internal?socket_connect_timeout=9", "redis://redis.internal?socket_connect_timeout=9"),
        ("amqp://queue.internal", "amqp://queue.internal"),
    ],
)
def test_connecting_to_redis_has_a_limit(given: str, used: str) -> None:
    assert patient_for_seconds(given) == used
