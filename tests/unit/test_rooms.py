"""Names of rooms."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from proctor.sockets import rooms

IDS = st.uuids().map(str)


@given(IDS, IDS, st.text(max_size=20))
def test_no_two_rooms_share_a_name(session_id: str, viewer_id: str, code: str) -> None:
    names = [
        rooms.ALL_EXAMS,
        rooms.candidate(session_id),
        rooms.watchers(session_id),
        rooms.viewer(session_id, viewer_id),
        rooms.exam(code),
        rooms.login(viewer_id),
    ]

    assert all(one != other for one, other in combinations(names, 2))


@given(IDS, IDS, IDS)
def test_a_view_of_another_candidate_is_another_room(session_id: str, other_id: str, viewer_id: str) -> None:
    same = rooms.viewer(session_id, viewer_id) == rooms.viewer(other_id, viewer_id)

    assert same is (session_id == other_id)


@given(IDS, IDS, st.text(max_size=60))
def test_no_viewer_id_that_a_candidate_makes_up_names_anothers_room(
    session_id: str, other_id: str, made_up: str
) -> None:
    if session_id != other_id:
        assert not rooms.viewer(session_id, made_up).startswith(rooms.viewer(other_id, ""))


@given(st.text(max_size=20) | st.just("None"))
def test_sessions_without_an_exam_have_a_room_that_no_exam_has(code: str) -> None:
    assert rooms.exam(None) != rooms.exam(code)
