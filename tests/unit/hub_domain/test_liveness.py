from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.liveness import Liveness, Session, clock_offset_s

AT = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HEARTBEAT_S = 30.0


def born(number: int = 1, epoch: str = "e1", *, retained: bool = False) -> Session:
    return Session(AT).born(number, epoch, AT, AT, retained=retained)


def liveness(session: Session, seconds: float = 0) -> Liveness:
    return session.liveness(AT + seconds * SECOND, HEARTBEAT_S)


def test_a_gateway_is_online_stale_and_offline_by_its_silence() -> None:
    session = born()

    assert liveness(session, 75) is Liveness.ONLINE
    assert liveness(session, 76) is Liveness.STALE
    assert liveness(session, 300) is Liveness.STALE
    assert liveness(session, 301) is Liveness.OFFLINE


def test_the_last_will_counts_for_its_own_session_only() -> None:
    session = born(number=2)

    assert liveness(session.ended(1)) is Liveness.ONLINE
    assert liveness(session.ended(2)) is Liveness.OFFLINE


def test_a_new_birth_ends_death() -> None:
    session = born(number=1).ended(1)

    assert liveness(session.born(2, "e1", AT, AT, retained=False)) is Liveness.ONLINE


def test_a_retained_birth_does_not_bring_back_a_session_that_ended() -> None:
    ended_first = Session(AT).ended(1)

    session = ended_first.born(1, "e1", AT, AT, retained=True)

    assert liveness(session) is Liveness.OFFLINE


def test_a_retained_birth_is_no_sign_of_life() -> None:
    session = Session(AT).born(1, "e1", AT, AT + 1000 * SECOND, retained=True)

    assert session.last_seen == AT


def test_an_older_birth_is_not_admitted() -> None:
    session = born(number=5)

    assert not session.admits_birth(4, "e1", AT)
    assert session.admits_birth(5, "e1", AT)
    assert session.admits_birth(6, "e1", AT - SECOND)


def test_a_disk_put_back_to_an_earlier_state_begins_lower_sessions() -> None:
    session = born(number=5).ended(5)

    assert session.admits_birth(4, "e1", AT + SECOND)
    assert liveness(session.born(4, "e1", AT + SECOND, AT, retained=False)) is Liveness.ONLINE


def test_a_new_outbox_begins_its_sessions_anew() -> None:
    session = born(number=57)

    assert session.admits_birth(1, "e2", AT + SECOND)
    assert not session.admits_birth(99, "e0", AT - SECOND)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=20))
def test_the_clock_offset_never_falls_below_what_was_shown_last(delays: list[int]) -> None:
    offset: float | None = None
    for delay in delays:
        offset = clock_offset_s(offset, AT, AT + delay * SECOND)

        assert offset >= -delay


def test_one_message_that_waited_hardly_moves_the_clock_offset() -> None:
    steady = clock_offset_s(None, AT, AT)

    after = clock_offset_s(steady, AT, AT + 100 * SECOND)

    assert -10 <= after < 0
    assert clock_offset_s(after, AT, AT) == 0
