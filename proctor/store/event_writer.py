"""Group commit: events of many callers go to the journal in one write.

A journaled write waits for the disk once, whether it holds one event or five hundred. Whoever finds nobody writing
writes for all who wait; who comes meanwhile waits for the next group. Nothing runs in the background, so nothing
is lost with a worker that has not answered yet.

What conditions the events begin and end is gathered, and written when they are judged: twice a second, whatever the
number of events. A worker that is killed in between takes that with it, and the one that follows it looks at every
session anew.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime

from proctor.errors import ProctorError, Unavailable
from proctor.records import Event, EventId, SessionId
from proctor.store.conditions import Conditions, News
from proctor.store.counts import Counts
from proctor.store.events import Events
from proctor.store.sessions import Sessions

GROUP_EVENTS = 1_000
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
        # Held while events are stored and counted, so that a recount never sees them stored and not counted yet.
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
            self._lead()
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

    def recount(self, ended_after: datetime | None = None) -> None:
        """Count and judge anew the events of sessions whose numbers or conditions may have missed a write.

        The first time these are all sessions that take events, with ``ended_after`` those included that ended later: a
        worker that was killed may have stored events and not counted them. So it is when the database server is
        another one than before: numbers do not wait for the journal. A session whose numbers were wrong is looked at
        once more the next time, for another worker may have been counting meanwhile.
        """
        incarnation = self._sessions.incarnation()
        if incarnation != self._incarnation:
            self._distrusted.update(self._sessions.ids_taking_events(ended_after))
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

    def _lead(self) -> None:
        """Write one group, the leader's own batch at its head, then hand over. Whatever happens, nobody waits on."""
        group: list[_Batch] = []
        try:
            # Whose request is here already comes along, which makes groups larger where the processor is the limit.
            time.sleep(0)
            group = self._take()
            with self._writing:
                self._write(group)
        finally:
            for batch in group or self._take():
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
        with self._lock:
            group, number = [self._waiting.popleft()], 0
            number += len(group[0].events)
            while self._waiting and number + len(self._waiting[0].events) <= GROUP_EVENTS:
                group.append(self._waiting.popleft())
                number += len(group[-1].events)
            self._waiting_events -= number
            return group

    def _write(self, group: list[_Batch]) -> None:
        """Store a group and tell each batch what was new in it; an id that two batches hold belongs to the first.

        Until its events are stored and counted a session is not trusted: a write that fails may have been made.
        """
        unique = {(event.session_id, event.id): event for batch in reversed(group) for event in reversed(batch.events)}
        doubtful = {event.session_id for event in unique.values()} - self._distrusted
        self._distrusted |= doubtful
        try:
            new = self._events.add_new(list(unique.values()))
        except ProctorError as error:
            for batch in group:
                batch.error = error
            return
        if self._count(_told(group, new)):
            self._distrusted -= doubtful

    def _count(self, new: list[Event]) -> bool:
        """Count new events and note what they begin and end; False where the next recount must make up for it."""
        counts: defaultdict[SessionId, Counts] = defaultdict(Counts)
        with self._lock:
            for event in new:
                self._news.add(event)
                counts[event.session_id].add(event)
        try:
            self._sessions.add_counts(counts)
        except Unavailable:
            return False
        return True


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
