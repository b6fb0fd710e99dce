"""
Exercise 10: invalidation. Namespaces with versions, fills under a lease, a feed that knows gaps.
"""

from dataclasses import replace
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Exercise, in_turn
from cachelab.grading.runs import Operation
from cachelab.grading.stories import TOGETHER, Tale
from cachelab.grading.telling import explore_scenes, play_tales
from cachelab.grading.world import Ported

from .ex10_feed import FEED_CHECKS, is_news
from .ex10_leases import LEASE_CHECKS, ROWS, clear
from .namespace_case import NamespaceModel, NamespaceWorld

LOAD = Ported("load")
NAMES = ("user", "user:v1", "user:1")
KEYS = ("7", "v0:7", "0:7")


def _draw_space(  # type: ignore[no-untyped-def]
    *kinds: str,
    names: tuple[str, ...] = ("user",),
    keys: tuple[str, ...] = ("7",),
    rows: tuple[Any, ...] = ROWS,
):
    """Return a generator of operations on namespaces; a kind named twice comes twice as often."""

    def draw(random: Random, model: NamespaceModel) -> Operation:
        kind = random.choice([k for k in kinds if is_news(k, model.last)])
        name, key = random.choice(names), random.choice(keys)
        if kind.endswith("get"):
            return (kind, name, key, LOAD)
        if kind == "@changed":
            return (kind, name, key, random.choice(rows))
        if kind == "@sleep":
            return (kind, random.choice((15.0, 30.0, 50.0, 60.0)))
        if kind == "@evict":
            return (kind, random.randint(0, 2))
        return (kind,) if kind == "@asked" else (kind, name)

    return draw


def _space(draw: Any) -> Tale:
    return Tale(NamespaceWorld, NamespaceModel, ((),), draw, clear)


COPIES = _space(_draw_space("@changed", "get", "get", "@sleep", "@asked", keys=("7", "8")))
BUMPS = _space(
    _draw_space(
        *("@changed", "get", "other.get", "bump", "other.bump", "@version", "@version"),
        names=("user", "page"),
    )
)
_ANSWERS = frozenset({"get", "other.get"})
_PLAIN_ROWS = ("text", 12, {"name": "Ada"})
BUMPS_OF_PLAIN = replace(
    _space(
        _draw_space(
            *("@changed", "get", "other.get", "bump", "other.bump"),
            names=("user", "page"),
            rows=_PLAIN_ROWS,
        )
    ),
    judged=_ANSWERS,
)
EVICTED_PLAIN = replace(
    _space(_draw_space("@changed", "get", "get", "bump", "@evict", rows=_PLAIN_ROWS)),
    judged=_ANSWERS,
)
BORDERS = _space(_draw_space("get", "get", "bump", names=NAMES, keys=KEYS))
EVICTED = _space(_draw_space("@changed", "get", "get", "bump", "@evict"))
PLAIN = Tale(NamespaceWorld, NamespaceModel)


def _row(row: Any) -> Operation:
    return ("@changed", "user", "7", row)


def _get(verb: str = "get") -> Operation:
    return (verb, "user", "7", LOAD)


_BUMP, _OTHERS_BUMP = ("bump", "user"), ("other.bump", "user")
_MEETING: Operation = (TOGETHER, (("A", (_get(),)), ("B", (_row("new"), _OTHERS_BUMP))))
SLOW_LOAD: tuple[Any, ...] = ((), (_row("old"), _MEETING, _get()))
SLOW_BUMP = (
    (),
    (
        _row("old"),
        (TOGETHER, (("A", (_OTHERS_BUMP,)), ("B", (_BUMP, _get(), _row("new"), _BUMP)))),
        _get(),
    ),
)
_ANOTHERS = "the row of one key is given for another"
ALIKE: tuple[Any, ...] = tuple(
    ((), (_BUMP, ("get", f"user:{v}1", "7", LOAD), ("get", "user", f"{v}0:7", LOAD)))
    for v in ("", "v")
)
MANY_BUMPS = ((), (_BUMP, _row("old"), _get(), _BUMP, _row("new"), _BUMP, _get(), _BUMP, _get()))
FALLS_BACK: tuple[Any, ...] = (
    ((), (_BUMP, ("@sleep", 50.0), _get(), ("@sleep", 15.0), _row("new"), _BUMP, _get())),
    ((), (_BUMP, ("@version", "user"), ("@sleep", 70.0), ("@version", "user"))),
)


_WRONG_BUMP = "a bump does too little, or too much"
_CAME_BACK = "an entry was evicted, and an old row came back"

SPACE_CHECKS = (
    Check(
        "space_reads",
        2,
        "VersionedNamespace: a row is loaded once, and kept for ttl seconds",
        play_tales(COPIES, message="a row is not loaded as it should be, or not kept", runs=40),
        hints=(
            "What does get do when the store has nothing for this key?",
            "It calls loader(name, key), keeps what comes, with ttl=self.ttl, and returns it.",
            "Ask `is MISSING`, not for truth: None, 0 and '' are rows and are kept too.",
        ),
    ),
    Check(
        "space_bump",
        2,
        "VersionedNamespace: a bump makes the whole namespace a miss, for every program",
        in_turn(
            play_tales(BUMPS, message=_WRONG_BUMP, runs=40),
            explore_scenes(PLAIN, MANY_BUMPS, message="a bump brings an old row back"),
        ),
        after=("space_reads",),
        apart=play_tales(BUMPS_OF_PLAIN, message=_WRONG_BUMP, runs=40),
        hints=(
            "Where does the version have to be, so that other programs see it change?",
            "In the store, and read anew by every get. A version that is missing is 0.",
            "The first bump has to change 0 into something else, and no version may come twice.",
        ),
    ),
    Check(
        "space_keys",
        1,
        "VersionedNamespace: two keys never share an entry",
        in_turn(
            explore_scenes(PLAIN, *ALIKE, message=_ANOTHERS),
            play_tales(BORDERS, message=_ANOTHERS, runs=40, longest=16),
        ),
        after=("space_reads",),
        hints=(
            "Could two different names, versions and keys make the same text?",
            "With colons between them, ('user', 'v1:7') and ('user:v1', '7') may look alike.",
            "Let json.dumps([name, version, key]) make the key of the entry.",
        ),
    ),
    Check(
        "space_slow",
        3,
        "VersionedNamespace: what was loaded before a bump is not seen after it",
        explore_scenes(
            PLAIN,
            SLOW_LOAD,
            SLOW_BUMP,
            message="a bump, and an old row comes back",
            interruptions=1,
        ),
        after=("space_reads", "space_bump"),
        hints=(
            "A load takes a while: what if the bump comes between its beginning and its end?",
            "Ask for the version before you load, and store under that one, whatever it is now.",
            "A version made of get and set can go back by one: let bump set a new uuid4 instead.",
        ),
        seconds=10.0,
    ),
    Check(
        "space_lost",
        2,
        "VersionedNamespace: a version that is lost never comes again",
        in_turn(
            explore_scenes(PLAIN, *FALLS_BACK, message="the version did not last"),
            play_tales(EVICTED, message=_CAME_BACK, runs=50),
        ),
        after=("space_reads", "space_bump"),
        apart=play_tales(EVICTED_PLAIN, message=_CAME_BACK, runs=50),
        hints=(
            "A cache may drop any entry, also the one that holds the version. What then?",
            "The version needs no ttl; and if it is lost it must not begin with the old numbers.",
            "No row is stored under a missing version: get adds a new uuid4 first (store.add).",
        ),
        seconds=10.0,
    ),
)

EX10 = Exercise(
    "ex10",
    "Invalidation",
    ("VersionedNamespace", "LeasedFill", "InvalidationFeed"),
    ("invalidation",),
    (*SPACE_CHECKS, *LEASE_CHECKS, *FEED_CHECKS),
)
