"""
One read or write through a strategy, on a good day and on five bad ones, call by call.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

from cachelab.lab.marks import text
from cachelab.lab.scenes import Control, Run, Scene
from cachelab.ports import StoreError
from cachelab.ports.memory import Entry

from . import lifelines
from .lifelines import Call
from .tape import MAX_STEPS, Endless, Moment, Tape, answered, made, name_of, plain, sent

KEY = "user:7"
CACHE_SECONDS, DATABASE_SECONDS = 0.001, 0.008
SLOW, PATIENCE = 0.4, 0.005
MOST = 10
"""So many calls an operation makes at the most: one that retries for ever is stopped."""

OPERATIONS = ("first read", "read again", "write")
TROUBLES = (
    "nothing",
    "cache down",
    "cache slow",
    "5 ms time-out",
    "corrupt entry",
    "no such row",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One operation as it was recorded: its calls, what the caller got, and how long it took."""

    start: Moment | None
    moments: tuple[Moment, ...]
    outcome: str
    seconds: float
    began: float
    raised: bool = False


def record_aside(kind: Callable[..., Any], operation: str, trouble: str) -> Told:
    """
    Return what `kind` does in one operation when there is one trouble.

    >>> from cachelab.strategies import CacheAside
    >>> told = record_aside(CacheAside, "first read", "cache down")
    >>> [(moment.step.port, moment.step.error) for moment in told.moments]
    [('store', 'StoreError'), ('source', '')]
    >>> told.outcome
    "returns {'name': 'Ada'}"
    """
    tape = Tape()
    tape.world.latency = lambda port, _verb, _key: _seconds(port)
    told: list[Told] = []

    def main() -> None:
        strategy = made(kind, tape.world)
        _prepare(tape, strategy, operation, trouble)
        start = tape.moments[-1] if tape.moments else None
        tape.moments.clear()
        tape.most = MOST
        began = tape.sim.now()
        outcome, raised = _do(strategy, operation)
        took = tape.sim.now() - began
        told.append(Told(start, tuple(tape.moments), outcome, took, began, raised))
        with suppress(Exception, Endless):  # what it does afterwards is not shown
            getattr(strategy, "close", lambda: None)()

    tape.sim.run(main)
    return told[0]


def _seconds(port: str) -> float:
    return CACHE_SECONDS if port == "store" else DATABASE_SECONDS


def _prepare(tape: Tape, strategy: Any, operation: str, trouble: str) -> None:
    """Bring the world to where the operation begins, and its trouble about."""
    world = tape.world
    if trouble != "no such row":
        world.source.write(KEY, {"name": "Ada"})
    if operation != "first read":
        tape.most = MOST
        with suppress(Exception, Endless):  # a learner's class may raise: what is shown comes next
            strategy.read(KEY)
        tape.most = MAX_STEPS
    if trouble == "corrupt entry":
        world.ports["store"].entries[KEY] = Entry(b'{"name": "Ad', None)
    world.source.read("")  # a call that changes nothing, after which what is held is noted
    if trouble == "cache down":
        world.faults = lambda port, *_: (
            StoreError("connection refused") if port == "store" else None
        )
    if trouble == "cache slow":
        world.latency = lambda port, *_: SLOW if port == "store" else _seconds(port)
    if trouble == "5 ms time-out":
        world.faults = lambda port, *_: StoreError("timed out") if port == "store" else None
        world.latency = lambda port, *_: PATIENCE if port == "store" else _seconds(port)


def _do(strategy: Any, operation: str) -> tuple[str, bool]:
    try:
        if operation != "write":
            return f"returns {plain(strategy.read(KEY))}", False
        written = strategy.write(KEY, {"name": "Ben"})
    except Endless:
        return "does not end and is stopped", True
    except Exception as error:  # noqa: BLE001 - a learner's class may raise anything: it is shown
        return f"raises {type(error).__name__}: {error}", True
    fresh = getattr(written, "fresh", None)
    note = "" if fresh is None else f", fresh={fresh}"
    return f"is acknowledged{note}", False


def aside_controls() -> list[Control]:
    """Return what can be turned: the operation, and the trouble."""
    return [
        Control("operation", "operation", OPERATIONS, "choice"),
        Control("trouble", "trouble", TROUBLES, "choice"),
    ]


def aside_runs(kind: Callable[..., Any]) -> tuple[list[Run], int]:
    """Return a run for each operation with each trouble, and the height of the pictures."""
    told = [(names, record_aside(kind, *names)) for names in product(OPERATIONS, TROUBLES)]
    most = max(len(one.moments) for _, one in told)
    backdrop = lifelines.columns(most, {"program": name_of(kind)})
    return [_run(kind, names, one, backdrop) for names, one in told], lifelines.height(most)


def _run(kind: Callable[..., Any], names: tuple[str, str], told: Told, backdrop: str) -> Run:
    operation, trouble = names
    verb = "write" if operation == "write" else "read"
    calls = [_call(moment, told.began) for moment in told.moments]
    opening = f"{name_of(kind)} is asked to {verb} {KEY}{_warning(trouble)}."
    states = [told.start, *told.moments]
    scenes = [Scene(_picture(calls[:0], states[:1]), opening)]
    for place, call in enumerate(calls, start=1):
        say = (
            f"Call {place}: {call.words}, by the {call.to}, {1000 * call.at:g} ms after the start."
        )
        scenes.append(Scene(_picture(calls[:place], states[: place + 1]), say, place - 1))
    took = f"{1000 * told.seconds:g} ms"
    end = f"The {verb} {told.outcome}, after {took} and {_counted(len(calls))}."
    shown = _picture(calls, [*states, states[-1]]) + _verdict(told, len(calls), verb, took)
    scenes.append(Scene(shown, end, len(calls) - 1 if calls else None))
    return Run(tuple(scenes), backdrop, _table(calls))


def _counted(calls: int) -> str:
    return "1 call" if calls == 1 else f"{calls} calls"


def _warning(trouble: str) -> str:
    return {
        "nothing": "; cache and database are well",
        "cache down": "; the cache refuses every call",
        "cache slow": f"; the cache takes {1000 * SLOW:g} ms for each call",
        "5 ms time-out": f"; a slow cache is given up after {1000 * PATIENCE:g} ms",
        "corrupt entry": "; the bytes under the key are cut off",
        "no such row": "; the database has no such row",
    }[trouble]


def _call(moment: Moment, began: float) -> Call:
    step = moment.step
    to = "cache" if step.port == "store" else "database"
    words = " → ".join(filter(None, [sent(step), answered(step)]))
    return Call(to, words, round(step.at - began, 6), bool(step.error))


def _picture(calls: list[Call], states: list[Moment | None]) -> str:
    now = states[-1]
    before = states[-2] if len(states) > 1 else now
    cache, rows = (now.cache, now.rows) if now else ((), ())
    old_cache, old_rows = (before.cache, before.rows) if before else ((), ())
    return (
        lifelines.arrows(calls)
        + lifelines.held("in the cache", cache, old_cache, 60)
        + lifelines.held("in the database", rows, old_rows, 160)
    )


def _verdict(told: Told, calls: int, verb: str, took: str) -> str:
    y = lifelines.TOP + lifelines.ROW * calls
    words = f"{'✕' if told.raised else '✓'} {verb} {told.outcome}"
    return text(
        lifelines.PLACES["program"] + 8, y, words, 13, weight=700, style=lifelines.HALO
    ) + text(8, y, took, 12, weight=600)


def _table(calls: list[Call]) -> tuple[tuple[str, ...], ...]:
    rows = [(f"{1000 * call.at:g}", call.to, call.words) for call in calls]
    return (("at, ms", "side", "call and answer"), *rows)
