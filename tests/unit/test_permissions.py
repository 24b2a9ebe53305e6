"""Who may see and open what."""

import pytest

from proctor.domain import permissions
from proctor.errors import Forbidden
from proctor.records import Actor, Permission, ProctorRole, Role, SessionId
from tests.support.factories import make_proctor, make_session

ELSEWHERE = make_session(id=SessionId("5e55104e-0000-4000-8000-000000000002"), exam_code="OTHER")
WITHOUT_EXAM = make_session(exam_code=None)
SESSION = make_session()


def proctor_of(*exam_codes: str) -> Actor:
    return Actor(Role.PROCTOR, make_proctor(exam_codes=frozenset(exam_codes)))


def test_an_unrestricted_proctor_opens_every_session() -> None:
    everywhere = Actor(Role.PROCTOR, make_proctor())

    assert all(permissions.may_open(everywhere, session) for session in (SESSION, ELSEWHERE, WITHOUT_EXAM))
    assert permissions.visible_exam_codes(everywhere) is None


def test_a_proctor_of_one_exam_opens_its_sessions_and_no_others() -> None:
    assert permissions.may_open(proctor_of("DEMO"), SESSION)
    assert not permissions.may_open(proctor_of("DEMO"), ELSEWHERE)
    assert not permissions.may_open(proctor_of("DEMO"), WITHOUT_EXAM)
    assert permissions.visible_exam_codes(proctor_of("DEMO")) == {"DEMO"}


def test_a_proctor_of_no_exam_opens_nothing() -> None:
    assert not permissions.may_open(proctor_of(), SESSION)
    assert permissions.visible_exam_codes(proctor_of()) == frozenset()


def test_a_proctor_without_a_record_opens_and_lists_nothing() -> None:
    assert not permissions.may_open(Actor(Role.PROCTOR), SESSION)
    assert permissions.visible_exam_codes(Actor(Role.PROCTOR)) == ()


def test_a_candidate_opens_their_own_session_and_no_other() -> None:
    candidate = Actor(Role.CANDIDATE, session=SESSION)

    assert permissions.may_open(candidate, SESSION)
    assert not permissions.may_open(candidate, ELSEWHERE)
    assert not permissions.may_open(Actor(Role.CANDIDATE), SESSION)
    assert permissions.visible_exam_codes(candidate) == ()


@pytest.mark.parametrize("role", [Role.EXAM_APP, Role.AGENT])
def test_the_institutions_own_servers_open_every_session(role: Role) -> None:
    assert permissions.may_open(Actor(role), SESSION)
    assert permissions.may_open(Actor(role), ELSEWHERE)


def test_a_stranger_opens_nothing() -> None:
    assert not permissions.may_open(Actor(Role.ANYONE), SESSION)


def test_actions_are_recorded_under_the_proctors_address_or_the_role() -> None:
    assert Actor(Role.PROCTOR, make_proctor(email="ada@example.org")).label == "ada@example.org"
    assert Actor(Role.EXAM_APP).label == "exam_app"


GRANTED = {
    ProctorRole.ADMIN: {Permission.WATCH, Permission.STEP_IN, Permission.REVIEW, Permission.ADMINISTER},
    ProctorRole.PROCTOR: {Permission.WATCH, Permission.STEP_IN, Permission.REVIEW},
    ProctorRole.REVIEWER: {Permission.REVIEW},
}


@pytest.mark.parametrize("role", ProctorRole)
@pytest.mark.parametrize("permission", Permission)
def test_each_role_has_its_permissions_and_no_others(role: ProctorRole, permission: Permission) -> None:
    assert permissions.may(make_proctor(role=role), permission) is (permission in GRANTED[role])


def test_a_proctor_without_the_permission_is_refused_and_one_with_it_goes_on() -> None:
    reviewer = Actor(Role.PROCTOR, make_proctor(role=ProctorRole.REVIEWER))

    permissions.check(reviewer, Permission.REVIEW)
    permissions.check(reviewer, None)
    with pytest.raises(Forbidden, match="reviewer"):
        permissions.check(reviewer, Permission.WATCH)


def test_permissions_are_asked_of_proctors_only() -> None:
    permissions.check(Actor(Role.EXAM_APP), Permission.STEP_IN)
    permissions.check(Actor(Role.CANDIDATE), Permission.STEP_IN)
