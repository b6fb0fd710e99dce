"""
Pictures-to-be: a recording turned into small dicts that a page can draw without thinking.

Two zoom levels: one frame per request, or one per line that ran with each request's result as its
last frame. A frame says everything about its moment: words, lanes, counters, the line. Functions
are pure and the frames are JSON, so a saved page steps through them without Python.
"""

from collections.abc import Iterable
from typing import NotRequired, TypedDict

from .lanes import Snapshot
from .recorder import Recording
from .source import Place
from .words import Lanes, changes, label, left, number_changes, phase, result, shown, verdict


class Question(TypedDict):
    """What to ask before the next request evicts: the words, and the keys that are right."""

    say: str
    keys: list[str]


class Frame(TypedDict):
    """
    One moment of a run. `request` counts from 1 and is 0 before the first. `say` is the sentence
    for a reader, `result` the same in a word, empty while there is none.

    `phase` is start, line, hit, miss, insert, evict, update, delete, look or error. `lines` are
    rows of `code_rows`, counted from 0: those that ran. `ends` says for a lane at which end its
    victims stand. `running` is there while the request has no result yet, `ask` when the next
    request evicts.
    """

    step: int
    request: int
    label: str
    key: str
    phase: str
    result: str
    say: str
    lines: list[int]
    lanes: Lanes
    victims: list[str]
    hits: int
    misses: int
    running: NotRequired[bool]
    ends: NotRequired[dict[str, str]]
    notes: NotRequired[dict[str, dict[str, float]]]
    numbers: NotRequired[dict[str, float]]
    ask: NotRequired[Question]


def request_frames(recording: Recording) -> list[Frame]:
    """
    Return one frame per request, after the one that shows the empty cache.

    >>> from cachelab.lab.recorder import record
    >>> for frame in request_frames(record("lru", "a b a c", capacity=2)):
    ...     print(frame["say"])
    start: empty, capacity 2
    request 1: a misses and is stored
    request 2: b misses and is stored
    request 3: a hits
    request 4: c misses; b is evicted
    """
    teller = _Teller(recording)
    frames = [teller.start()]
    frames += [teller.result(number) for number in range(1, len(recording.outcomes) + 1)]
    return _numbered(frames)


def line_frames(recording: Recording) -> list[Frame]:
    """
    Return one frame per line that ran, and after each request's lines the frame of its result.

    >>> from cachelab.lab.recorder import record
    >>> line_frames(record("fifo", "a", capacity=2))[2]["say"]
    'request 1, insert: self.queue[key] = None (a enters queue)'
    """
    teller = _Teller(recording)
    frames = [teller.start()]
    for number in range(1, len(recording.outcomes) + 1):
        frames += teller.lines(number)
        frames.append(teller.result(number))
    return _numbered(frames)


def code_rows(recording: Recording) -> list[str]:
    """Return the source of the functions that ran, without their indent, a blank row between."""
    return [row for row, _ in _listing(recording)]


def request_labels(recording: Recording) -> list[str]:
    """Return what each request is called in the strip above the picture."""
    return [label(operation) for operation in recording.operations]


def lane_slots(frames: Iterable[Frame]) -> dict[str, int]:
    """Return every lane that ever holds a key, in drawing order, with the most keys it holds."""
    slots: dict[str, int] = {}
    for frame in frames:
        for name, keys in frame["lanes"].items():
            slots[name] = max(slots.get(name, 0), len(keys))
    order = {name.split(" ")[0]: place for place, name in reversed(list(enumerate(slots)))}
    used = [name for name, most in slots.items() if most]
    return {
        name: slots[name]
        for name in sorted(used, key=lambda n: (order[n.split(" ")[0]], _natural(n)))
    }


class _Teller:
    """Makes the frames of one recording; knows what is the same in all of them."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.rows = {place: row for row, (_, place) in enumerate(_listing(recording)) if place}
        self.texts = code_rows(recording)
        self.ends = _victim_ends(recording)
        self.moving = _changing_numbers(recording)
        self.moments = [
            [moment for moment in recording.moments if moment.operation == number]
            for number in range(len(recording.outcomes))
        ]

    def start(self) -> Frame:
        say = f"start: empty, capacity {self.recording.capacity}"
        return self._frame(0, "start", say, self.recording.start, [], [])

    def result(self, number: int) -> Frame:
        outcome = self.recording.outcomes[number - 1]
        say = f"request {number}: {verdict(outcome)}"
        places = {moment.place for moment in self.moments[number - 1]}
        lines = sorted(self.rows[place] for place in places if place in self.rows)
        victims = [shown(key) for key in outcome.victims]
        frame = self._frame(number, phase(outcome), say, outcome.after, lines, victims)
        frame["result"] = result(outcome)
        if question := self._question(number):
            frame["ask"] = question
        return frame

    def lines(self, number: int) -> list[Frame]:
        outcomes = self.recording.outcomes
        outcome = outcomes[number - 1]
        before = outcomes[number - 2].after if number > 1 else self.recording.start
        gone: list[str] = []
        frames = []
        for moment in self.moments[number - 1]:
            row = self.rows.get(moment.place)
            was, now = _texts(before), _texts(moment.after)
            gone += [
                shown(key)
                for key in outcome.victims
                if shown(key) not in gone and left(shown(key), was, now)
            ]
            text = self.texts[row].strip() if row is not None else "a line without source"
            effect = "; ".join([*changes(was, now), *number_changes(before, moment.after)])
            say = f"request {number}, {moment.function}: {text}" + (
                f" ({effect})" if effect else ""
            )
            phase = "evict" if gone else "line"
            lines = [] if row is None else [row]
            frames.append(self._frame(number, phase, say, moment.after, lines, list(gone)))
            frames[-1]["running"] = True
            frames[-1]["hits"], frames[-1]["misses"] = self._counts(number - 1)
            before = moment.after
        return frames

    def _frame(
        self,
        number: int,
        phase: str,
        say: str,
        snapshot: Snapshot,
        lines: list[int],
        victims: list[str],
    ) -> Frame:
        operation = self.recording.operations[number - 1] if number else ()
        hits, misses = self._counts(number)
        frame = Frame(
            step=0,
            request=number,
            label=label(operation) if operation else "",
            key=shown(operation[1]) if len(operation) > 1 else "",
            phase=phase,
            result="",
            say=say,
            lines=lines,
            lanes=_texts(snapshot),
            victims=victims,
            hits=hits,
            misses=misses,
        )
        self._add_rest(frame, snapshot)
        return frame

    def _add_rest(self, frame: Frame, snapshot: Snapshot) -> None:
        """Add what only some frames have; leaving it out keeps the others small."""
        if self.ends:
            frame["ends"] = self.ends
        if snapshot.notes:
            frame["notes"] = {
                lane: {shown(key): note for key, note in notes.items()}
                for lane, notes in snapshot.notes.items()
            }
        numbers = {name: n for name, n in snapshot.numbers.items() if name in self.moving}
        if numbers:
            frame["numbers"] = numbers

    def _question(self, number: int) -> Question | None:
        """Return what to ask when `number` requests are done and the next one evicts."""
        if number >= len(self.recording.outcomes):
            return None
        coming = self.recording.outcomes[number]
        if not coming.victims or coming.error:
            return None
        name = label(coming.operation)
        right = [shown(key) for key in coming.victims]
        return Question(
            say=f"Next comes {name}, and there is no room: which key goes? Click it.", keys=right
        )

    def _counts(self, number: int) -> tuple[int, int]:
        done = [outcome.hit for outcome in self.recording.outcomes[:number]]
        return done.count(True), done.count(False)


def _numbered(frames: list[Frame]) -> list[Frame]:
    for step, frame in enumerate(frames):
        frame["step"] = step
    return frames


def _texts(snapshot: Snapshot) -> Lanes:
    return {name: [shown(key) for key in keys] for name, keys in snapshot.lanes.items()}


def _victim_ends(recording: Recording) -> dict[str, str]:
    """
    Return for each lane the end at which every victim of the run stood, if there is one.

    A table to look keys up in has an order too, but it means nothing.
    """
    places: dict[str, set[str]] = {}
    before = recording.start
    for outcome in recording.outcomes:
        for victim in outcome.victims:
            for name, keys in before.lanes.items():
                if victim in keys and len(keys) > 1 and name not in before.indexes:
                    end = {0: "left", len(keys) - 1: "right"}.get(keys.index(victim), "")
                    places.setdefault(name, set()).add(end)
        before = outcome.after
    return {name: ends.pop() for name, ends in places.items() if len(ends) == 1 and "" not in ends}


def _changing_numbers(recording: Recording) -> set[str]:
    """A number that never changes, such as the capacity, is no news in any frame."""
    seen: dict[str, set[float]] = {}
    for snapshot in [recording.start, *(moment.after for moment in recording.moments)]:
        for name, number in snapshot.numbers.items():
            seen.setdefault(name, set()).add(number)
    return {name for name, numbers in seen.items() if len(numbers) > 1}


def _listing(recording: Recording) -> list[tuple[str, Place | None]]:
    rows: list[tuple[str, Place | None]] = []
    for listing in recording.listings:
        if rows:
            rows.append(("", None))
        indent = len(listing.lines[0]) - len(listing.lines[0].lstrip())
        file, first = listing.place
        for offset, text in enumerate(listing.lines):
            rows.append(
                (text[indent:] if not text[:indent].strip() else text, (file, first + offset))
            )
    return rows


def _natural(name: str) -> tuple[int, float, str]:
    last = name.rpartition(" ")[2]
    return (0, float(last), "") if last.isdigit() else (0, -1.0, name)
