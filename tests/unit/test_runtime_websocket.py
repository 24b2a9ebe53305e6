"""Fast unmasking does exactly what the byte-by-byte loop of RFC 6455, section 5.3, does."""

from collections.abc import Iterator

import pytest
from eventlet.websocket import RFC6455WebSocket
from hypothesis import given
from hypothesis import strategies as st

from proctor.runtime import websocket


@pytest.fixture
def eventlet_as_it_was() -> Iterator[None]:
    original = vars(RFC6455WebSocket)["_apply_mask"]
    yield
    RFC6455WebSocket._apply_mask = original


def unmasked_byte_by_byte(data: bytes, mask: bytes, length: int, offset: int) -> bytes:
    return bytes(data[i] ^ mask[(offset + i) % 4] for i in range(length))


@given(
    data=st.binary(max_size=300),
    mask=st.binary(min_size=4, max_size=4),
    offset=st.integers(0, 70_000),
    cut=st.floats(0, 1),
)
def test_any_piece_of_a_frame_is_unmasked_as_the_standard_says(
    data: bytes, mask: bytes, offset: int, cut: float
) -> None:
    length = int(len(data) * cut)

    assert websocket.unmask(data, mask, length, offset) == unmasked_byte_by_byte(data, mask, length, offset)


def test_without_a_length_the_whole_piece_is_unmasked() -> None:
    assert websocket.unmask(b"\x01\x02\x03\x04\x05", [1, 2, 3, 4]) == b"\x00\x00\x00\x00\x04"


@pytest.mark.usefixtures("eventlet_as_it_was")
def test_eventlet_uses_it_once_installed() -> None:
    websocket.install()

    assert RFC6455WebSocket._apply_mask is websocket.unmask


@pytest.mark.usefixtures("eventlet_as_it_was")
def test_an_eventlet_that_has_changed_is_refused() -> None:
    RFC6455WebSocket._apply_mask = staticmethod(bytes.join)

    with pytest.raises(RuntimeError, match="has changed"):
        websocket.install()
