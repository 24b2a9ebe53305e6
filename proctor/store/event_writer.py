"""Group commit: events of many callers go to the journal in one write.

A journaled write waits for the disk once, whether it holds one event or five hundred. Whoever finds nobody writing
writes for others who wait; who comes meanwhile waits for the next group. Nothing runs in the background, so nothing
is lost with a worker that has not answered yet.

What is known from the events is gathered in memory: their numbers are written before anybody looks at them or a tenth
of a second later (:class:`proctor.store.counts.Gathered`), what conditions they begin and end when these are judged,
twice a second. A worker that is killed in between takes that with it, and the one that follows it looks at every
session anew.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from proctor.errors import ProctorError, Unavailable
from proctor.records import Event, EventId, SessionId
from proctor.store.conditions import Conditions, News
from proctor.store.counts import Counts
from proctor.store.events import Events
from proctor.store.sessions import Sessions

GROUP_EVENTS = 1_000
GROUP_CALLERS = 16
"""So many at least go in one group, where they are there: fewer would cost more writes than they save waiting."""

MAX_WAITING_EVENTS = 20_000


class _Batch:
    """One caller's events on their way, and how it went."""

    __slots__ = ("error", "events", "must_lead", "new_ids", "wake")

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.new_ids: set[EventId] = set()
        self.error: ProctorError | None = Unavailable("Some events were not taken. Please send them again.")
        self.must_lead = False
        # Held until the caller may go on. An event of the threading module would take four times as long to make.
        self.wake = threading.Lock()
        self.wake.acquire()


class EventWriter:
    """Stores events, keeps their numbers in the session's document, and has their conditions judged."""

    def __init__(self, events: Events, sessions: Sessions, conditions: Conditions) -> None:
        self._events, self._sessions, self._conditions = events, sessions, conditions
        self._lock = threading.Lock()
        self._waiting: deque[_Batch] = deque()
        self._waiting_events = 0
        self._is_led = False
        # Held while events are stored and gathered, so that a recount never sees them stored and not counted yet.
        self._writing = threading.Lock()
        self._distrusted: set[SessionId] = set()
        self._incarnation: object = None
        self._news = News()

    def add_new(self, events: Sequence[Event]) -> set[EventId]:
        """Store those of ``events`` that are not stored yet; return their ids once all are in the journal.

        Raises ``Unavailable`` where they were not taken, also when too many are waiting: send all again later, none
        is stored twice.
        """
        if not events:
            return set()
        batch = _Batch(events)
        if self._queue(batch):
            self._lead(is_first=True)
        else:
            batch.wake.acquire()
            if batch.must_lead:
                self._lead()
        if batch.error is not None:
            raise batch.error
        return batch.new_ids

    def wake_conditions(self) -> None:
        """Have all conditions judged that events began or ended since the last time; on failure, the next time."""
        with self._lock:
            news, self._news = self._news, News()
        try:
            self._conditions.wake(news)
        except BaseException:
            with self._lock:
                self._news.join(news)
            raise

    def write_counts(self) -> None:
        """Write the numbers of all events so far into their sessions' documents; on failure they are counted anew."""
        with contextlib.suppress(Unavailable):
            self._sessions.gathered.settle()

    def recount(self, ended_after: datetime | None = None) -> None:
        """Count and judge anew the events of sessions whose numbers or conditions may have missed a write.

        The first time these are all sessions that take events, with ``ended_after`` those included that ended later: a
        worker that was killed may have stored events and not counted them. So it is when the database server is
        another one than before: numbers do not wait for the journal. A session whose numbers were wrong is looked at
        once more the next time, for another worker may have been counting meanwhile.
        """
        incarnation = self._sessions.incarnation()
        is_another = incarnation != self._incarnation
        missed = self._sessions.ids_taking_events(ended_after) if is_another else ()
        with self._writing:  # a write under way trusts those again whom it was the first to distrust
            self._distrusted |= {*missed, *self._sessions.gathered.take_doubtful()}
        self._incarnation = incarnation
        for session_id in list(self._distrusted):
            with self._writing:
                if self._is_right(session_id):
                    self._distrusted.discard(session_id)

    def _is_right(self, session_id: SessionId) -> bool:
        """Correct a session's numbers and have it judged anew; return whether the numbers had been right."""
        session = self._sessions.get(session_id)
        if session is None:
            return True
        counts = Counts(self._events.count_by_type(session_id), self._events.count_by_outbox(session_id))
        self._conditions.judge_anew(session_id, counts.by_type)
        if counts.by_type == session.counts and counts.outboxes == session.outboxes:
            return True
        self._sessions.set_counts(session_id, counts, instead_of=session.counts)
        return False

    def _queue(self, batch: _Batch) -> bool:
        """Add ``batch`` to those waiting; True where its caller is the one to write."""
        with self._lock:
            if self._waiting_events >= MAX_WAITING_EVENTS:
                raise Unavailable("Too many events at once. Please send them again in a moment.", retry_after_s=1)
            self._waiting.append(batch)
            self._waiting_events += len(batch.events)
            leads = not self._is_led
            self._is_led = True
            return leads

    def _lead(self, *, is_first: bool = False) -> None:
        """Write one group, the leader's own batch at its head, then hand over. Whatever happens, nobody waits on."""
        group: list[_Batch] = []
        others: list[_Batch] = []
        try:
            if is_first:
                time.sleep(0)  # whose request is here already comes along
            group = self._take()
            with self._writing:
                if not self._write(group):
                    # Group after group would wait for a database that is away.
                    others = self._take_all()
        finally:
            for batch in (group or self._take()) + others:
                batch.wake.release()
            self._hand_over()

    def _hand_over(self) -> None:
        with self._lock:
            if not self._waiting:
                self._is_led = False
                return
            heir = self._waiting[0]
            heir.must_lead = True
        heir.wake.release()

    def _take(self) -> list[_Batch]:
        """Return half of those who wait. The others follow while these are answered: the worker never idles."""
        with self._lock:
            group = [self._waiting.popleft()]
            number, most = len(group[0].events), max(GROUP_CALLERS, len(self._waiting) // 2)
            while self._waiting and len(group) < most and number + len(self._waiting[0].events) <= GROUP_EVENTS:
                group.append(self._waiting.popleft())
                number += len(group[-1].events)
            self._waiting_events -= number
            return group

    def _take_all(self) -> list[_Batch]:
        """Return all who wait, none of whose events were taken."""
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
            self._waiting_events = 0
            return waiting

    def _write(self, group: list[_Batch]) -> bool:
        """Store a group and tell each batch what was new in it; an id that two batches hold belongs to the first.

        Returns False where the database did not take it, which each batch is told as well. Until its events are stored
        and gathered a session is not trusted: a write that fails may have been made.
        """
        unique = {(event.session_id, event.id): event for batch in reversed(group) for event in reversed(batch.events)}
        doubtful = {event.session_id for event in unique.values()} - self._distrusted
        self._distrusted |= doubtful
        try:
            new = self._events.add_new(list(unique.values()))
        except ProctorError as error:
            for batch in group:
                batch.error = error
            return False
        self._gather(_told(group, new))
        self._distrusted -= doubtful
        return True

    def _gather(self, new: list[Event]) -> None:
        """Note what new events begin and end, and count them."""
        with self._lock:
            for event in new:
                self._news.add(event)
        self._sessions.gathered.add(new)


def _told(group: list[_Batch], new: set[tuple[SessionId, EventId]]) -> list[Event]:
    """Tell each batch which of its events were new, and return those of all; each is new to one of them."""
    stored: list[Event] = []
    for batch in group:
        batch.error = None
        for event in batch.events:
            key = (event.session_id, event.id)
            if key in new:
                new.discard(key)
                batch.new_ids.add(event.id)
                stored.append(event)
    return stored
