"""Runs as all visitors of this server share them: store, dispatcher and cached readings.

Sixty pages that look at a run each second cost the store one query, not sixty.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from cnnviz.runs.launch import LocalLauncher
from cnnviz.runs.queue import dispatch
from cnnviz.runs.run import Run
from cnnviz.runs.store import Store, store_url
from cnnviz.settings import settings
from cnnviz.training.measurement import Measurement
from cnnviz.ui.server.serving import ShortCollections

FRESH = 0.8  # seconds that a reading is shown to everybody; a page looks each second
MAX_RUNS = 256  # whose measurements are kept in memory: sixty visitors with four arms each
MAX_MEASUREMENTS = 2000  # of a run in memory; a curve shows fewer
MAX_HELD = 64 * MAX_MEASUREMENTS  # measurements of all runs in memory
BUSY = 30  # looks a second, above which a page looks every two seconds
WATCHED = 3.0  # seconds after a look in which more are expected
EACH = 1.0  # seconds between two looks at the queue
LISTED = 100  # runs of a table

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Reading:
    """Snapshot of a run from the store; shared by all visitors, so read-only.

    Attributes:
        run: Its state.
        measurements: In order; of a long run not each of them.
        number: Of the last measurement in the store: two readings with one number are alike.
        place: In the queue from 1, while it waits.
    """

    run: Run
    measurements: Sequence[Measurement]
    number: int
    place: int | None = None


class Readings:
    """The latest reading of each run that somebody looks at."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Reading]] = OrderedDict()
        self._revisions: dict[str, int] = {}  # as ``of_each`` found them before it read
        self._listed: tuple[float, list[Run]] = (float("-inf"), [])
        self._looks: deque[float] = deque(maxlen=2 * BUSY)

    def pace(self) -> float:
        """Seconds that a page waits before it looks again; call it once a look.

        A room of sixty would keep one core busy if each looked every second.
        """
        with self._lock:
            now = self._clock()
            self._looks.append(now)
            is_busy = len(self._looks) == self._looks.maxlen and now - self._looks[0] < 2.0
            return 2.0 if is_busy else 1.0

    def is_watched(self) -> bool:
        """Whether a page has looked within the last seconds."""
        with self._lock:
            return bool(self._looks) and self._clock() - self._looks[-1] < WATCHED

    def of(self, run_id: str) -> Reading | None:
        """A run as it was at most ``FRESH`` ago; None where there is no such run."""
        with self._lock:
            read, known = self._kept.get(run_id, (float("-inf"), None))
            if known is None or self._clock() - read > FRESH:
                known = self._read(run_id, known)
                if known is None:
                    self._kept.pop(run_id, None)
                    return None
                self._kept[run_id] = (self._clock(), known)
            self._kept.move_to_end(run_id)
            self._let_go()
            return known

    def of_each(self, run_ids: Sequence[str]) -> list[Reading]:
        """The readings of several runs, in order; unchanged runs are not read again.

        Many runs of which one is at work cost about as much as that one. Places in the queue may be
        those of an earlier look.
        """
        with self._lock:
            now, never = self._clock(), float("-inf")
            stale = [each for each in run_ids if now - self._kept.get(each, (never,))[0] > FRESH]
            if stale:
                self._read_changed(stale, now)
            readings = [self._kept[each][1] for each in run_ids if each in self._kept]
            self._let_go()
            return readings

    def _read_changed(self, run_ids: Sequence[str], now: float) -> None:
        revisions = self._store.revisions(run_ids)
        for run_id in run_ids:
            _, known = self._kept.get(run_id, (0.0, None))
            revision = revisions.get(run_id)
            if known is None or revision is None or revision != self._revisions.get(run_id):
                known = self._read(run_id, known)
            if known is None or revision is None:
                self._kept.pop(run_id, None)
                continue
            self._revisions[run_id] = revision
            self._kept[run_id] = (now, known)
            self._kept.move_to_end(run_id)

    def _let_go(self) -> None:
        """Forget what was asked for longest ago until what is left is little enough."""
        held = sum(len(reading.measurements) for _, reading in self._kept.values())
        while len(self._kept) > MAX_RUNS or (held > MAX_HELD and len(self._kept) > 1):
            run_id, (_, reading) = self._kept.popitem(last=False)
            self._revisions.pop(run_id, None)
            held -= len(reading.measurements)

    def latest(self) -> list[Run]:
        """The youngest runs of all visitors, youngest first."""
        with self._lock:
            read, runs = self._listed
            if self._clock() - read > FRESH:
                runs = list(self._store.runs(limit=LISTED))
                self._listed = (self._clock(), runs)
            return runs

    def forget(self) -> None:
        """Look into the store the next time, because something was just changed in it."""
        with self._lock:
            self._listed = (float("-inf"), [])
            for run_id, (_, known) in self._kept.items():
                self._kept[run_id] = (float("-inf"), known)

    def _read(self, run_id: str, known: Reading | None) -> Reading | None:
        try:
            run = self._store.run(run_id)
        except KeyError:
            return None
        before = known or Reading(run, (), 0)
        fresh = self._store.measurements(run_id, after=before.number)
        number = fresh[-1][0] if fresh else before.number
        measured = before.measurements
        if fresh:
            # Matrices are large, and nobody looks at them each second.
            fresh_ones = (replace(measurement, reuse={}) for _, measurement in fresh)
            measured = thinned([*measured, *fresh_ones])
        return Reading(run, measured, number, self._place(run))

    def _place(self, run: Run) -> int | None:
        return self._store.place(run.id) if run.state == "queued" else None


def thinned(measurements: Sequence[Measurement]) -> Sequence[Measurement]:
    """At most ``MAX_MEASUREMENTS`` of a run's measurements: those with a test, and the last."""
    if len(measurements) <= MAX_MEASUREMENTS:
        return measurements
    *earlier, last = measurements
    remaining = [m for i, m in enumerate(earlier) if i % 2 == 0 or m.test_accuracy is not None]
    if len(remaining) >= MAX_MEASUREMENTS:
        remaining = earlier[::2]
    return [*remaining, last]


class Dispatcher:
    """Starts queued runs: each second, and at once after a request."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look
        self._wakeup = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._go_on, daemon=True, name="dispatcher")
        self._thread.start()

    def wake(self) -> None:
        """Look at the queue now."""
        self._wakeup.set()

    def close(self) -> None:
        """Look no more; a look that has begun is waited for."""
        self._is_closed = True
        self._wakeup.set()
        self._thread.join()

    def _go_on(self) -> None:
        failed = ""
        while not self._is_closed:
            try:
                self._look()
                failed = ""
            except Exception as error:  # a full disk, a database that is away: look again
                if str(error) != failed:
                    logger.exception("The queue of runs cannot be looked at")
                failed = str(error)
            self._wakeup.wait(EACH)
            self._wakeup.clear()


@dataclass(frozen=True, eq=False)
class Runs:
    """Everything about runs that a page needs.

    Attributes:
        store: Where they are kept.
        readings: What is shown of them.
        dispatcher: Starts them.
    """

    store: Store
    readings: Readings
    dispatcher: Dispatcher

    def changed(self) -> None:
        """Show a request to all visitors at once."""
        self.readings.forget()
        self.dispatcher.wake()


def shared_runs() -> Runs:
    """The runs of the folder and database that this server was started with."""
    return _runs(store_url(), str(settings().runs))


def pace(is_open: bool) -> float | None:
    """Seconds to a page's next look at runs of which one is open; None where none is."""
    return shared_runs().readings.pace() if is_open else None


def _close(runs: Runs) -> None:
    runs.dispatcher.close()


@st.cache_resource(max_entries=8, show_spinner=False, on_release=_close)
def _runs(url: str, folder: str) -> Runs:
    store, launcher = Store(url), LocalLauncher()
    readings, collections = Readings(store), ShortCollections()

    def look() -> None:
        collections.tend(readings.is_watched())
        dispatch(store, launcher)

    return Runs(store, readings, Dispatcher(look))
