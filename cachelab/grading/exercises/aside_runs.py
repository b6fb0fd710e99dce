"""
The runs of exercise 04 that are about `CacheAside`: which operations belong to which check.

Apart, a check is about one key, a row that is a text, what reads answer or carry, and a store that
keeps anything: the rest is told elsewhere. Those of reads are for a cache whose writes go wrong.
"""

from typing import Any

from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale

from .aside_world import AnyValueProgramsWorld, AnyValueWorld, AsideWorld, TwoProgramsWorld
from .carried import CarriedAside
from .copies_draw import Drawing, drawing
from .copies_model import AsideModel

KEYS = ("user:7", "user:8", "post:7")
ONE = KEYS[:1]
ROWS: tuple[Any, ...] = ({"name": "Ada"}, {"name": "Alan", "tags": ["x"]}, "text", 12, [1, 2.5])
EMPTY: tuple[Any, ...] = (0, "", [], False, None, {}, 0.0)


def _drawing(
    kinds: str,
    rows: tuple[Any, ...] = ROWS,
    keys: tuple[str, ...] = KEYS[:2],
    first: bool = True,
) -> Drawing:
    return drawing(kinds, rows, keys, first)


def _present(model: AsideModel, operation: Operation) -> bool:
    """Keep runs in which nothing is asked for twice while it has no row, or changes once known."""
    verb, *arguments = operation
    if verb == "@changed":
        return arguments[0] not in model.rows and arguments[0] not in model.sure
    if verb == "read" and arguments[0] not in model.rows:
        return arguments[0] not in model.sure
    return True


def _rows_only(model: AsideModel, operation: Operation) -> bool:
    """Keep runs about keys that have rows, in which no copy is half through its life."""
    verb, *arguments = operation
    if verb == "@sleep":
        return model.may_sleep(arguments[0])
    return verb != "read" or arguments[0] in model.rows


def _written(model: AsideModel, operation: Operation) -> bool:
    """Keep runs about rows that were there from the start, and writes."""
    if operation[0] == "@changed":
        return operation[1] not in model.rows
    return _rows_only(model, operation)


def _cut(model: AsideModel, operation: Operation) -> bool:
    return _written(model, operation) and operation[0] != "write"


def _absent_only(model: AsideModel, operation: Operation) -> bool:
    return operation[0] != "read" or operation[1] not in model.rows


def _clear(model: AsideModel, operation: Operation) -> bool:
    return operation[0] != "@sleep" or model.may_sleep(operation[1])


def _asked_about_absence(model: AsideModel, operation: Operation) -> bool:
    """Keep rows that come to be once and stay, and copies that are not half through their life."""
    if operation[0] in ("@changed", "write"):
        return operation[1] not in model.rows
    return _clear(model, operation)


def _tale(draw: Any, allowed: Any) -> Tale:
    return Tale(AsideWorld, AsideModel, ((),), draw, allowed)


def _apart(draw: Any, allowed: Any, judged: frozenset[str] | None = None) -> Tale:
    """Return a tale for who answers with what carries the row, or stores what is no text."""
    return Tale(AnyValueWorld, CarriedAside, ((),), draw, allowed, judged)


READS = _tale(_drawing("@changed read read read @asked", keys=KEYS, first=False), _present)
VALUES = _tale(_drawing("read read @asked", EMPTY), _written)
WRITES = _tale(_drawing("read read write write @lose_answer"), _written)
ENDS = _tale(_drawing("@changed read read read @sleep @sleep @asked @asked", keys=ONE), _rows_only)
OUTAGE = _tale(_drawing("read read read write write @store @sleep @waited"), _written)
SOURCE = _tale(_drawing("read read read write @source @source @store", keys=ONE), _written)
CUT = _tale(_drawing("read read @cut @asked", ({"name": "Ada"}, ["a", "b"])), _cut)
ABSENT = _tale(_drawing("read read @asked", first=False), _absent_only)
APPEARS = _tale(
    _drawing("read read read @changed write @sleep @sleep @asked", keys=ONE, first=False),
    _asked_about_absence,
)

_ANSWERS = frozenset({"read", "@waited"})
_TEXTS = ("Ada", "Alan")
VALUES_OF_ONE = _apart(_drawing("read read @asked", EMPTY, keys=ONE), _written)
WRITES_OF_ONE = _apart(_drawing("read read write write @lose_answer", _TEXTS, ONE), _written)
ENDS_OF_ONE = _apart(
    _drawing("@changed read read read @sleep @sleep @asked", _TEXTS, ONE), _rows_only
)
OUTAGE_OF_ONE, OUTAGE_OF_READS = (
    _apart(_drawing(kinds, _TEXTS, ONE), _written, _ANSWERS)
    for kinds in (
        "read read read write write @store @sleep @waited",
        "read read read @store @sleep @waited",
    )
)
SOURCE_OF_ONE, SOURCE_OF_READS = (
    _apart(_drawing(kinds, _TEXTS, ONE), _written, _ANSWERS)
    for kinds in (
        "read read read write @source @source @store",
        "read read read @source @source @store",
    )
)
CUT_OF_ONE = Tale(
    AsideWorld,
    CarriedAside,
    ((),),
    _drawing("read read @cut @asked", ({"name": "Ada"},), keys=ONE),
    _cut,
)
ABSENT_OF_ONE = _apart(_drawing("read read @asked", keys=ONE, first=False), _absent_only)
APPEARS_OF_ONE, APPEARS_OF_READS = (
    _apart(_drawing(kinds, _TEXTS, ONE, first=False), _asked_about_absence, _ANSWERS)
    for kinds in ("read read read @changed write @sleep @sleep", "read read @changed @sleep @sleep")
)

RACE = Tale(TwoProgramsWorld, AsideModel)
RACE_APART = Tale(AnyValueProgramsWorld, CarriedAside)
_OLD, _READ = ("@changed", "k", "old"), ("read", "k")


def _meet(*steps: Operation) -> Operation:
    """Let a read of this program meet steps of the other."""
    return (TOGETHER, (("A", (_READ,)), ("B", steps)))


SCENES: tuple[tuple[tuple[Any, ...], tuple[Operation, ...]], ...] = (
    ((), (_OLD, _meet(("other.write", "k", "new")), _READ)),
    ((), (_meet(("other.write", "k", "new"), ("other.read", "k")), _READ)),
    ((), (_meet(("write", "k", "new"), ("read", "k")), _READ)),  # two requests of one program
)
TWO_READS: tuple[tuple[Any, ...], tuple[Operation, ...]] = ((), (_OLD, _READ, _READ, ("@asked",)))
