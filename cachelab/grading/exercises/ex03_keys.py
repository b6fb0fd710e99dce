"""
The checks of exercise 03 that are about `cache_key`: which two requests may share a response.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from cachelab.grading.exercise import Check, Finding, in_any_way
from cachelab.grading.player.values import decode, encode
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.session import Outcome, Session
from cachelab.grading.wording import explain_exception, show_outcome
from cachelab.operations.http import Request, cache_key
from cachelab.ports import MISSING

PAIRS = 150
VALUES = ("de", "en", "de,en", "", "a|b", "a", "b", "cookie=1", ":", '"')

Asked = tuple[dict[str, Any], str]
"""A request as data, and a Vary field."""


def key_of(asked: Asked) -> Any:
    """Return what the package's own function makes of it: MISSING, or a text."""
    request, vary = asked
    return cache_key(Request(request["method"], request["url"], request["headers"]), vary)


def _request(random: Random, names: tuple[str, ...], values: tuple[str, ...]) -> dict[str, Any]:
    headers = {name: random.choice(values) for name in names if random.random() < 0.7}
    method = random.choice(("GET", "GET", "GET", "HEAD"))
    return {"method": method, "url": random.choice(("/a", "/b", "/a?x=1")), "headers": headers}


def _apart(random: Random) -> tuple[Asked, Asked]:
    """Draw two requests that differ in one thing or another."""
    vary = random.choice(("Accept-Language", "Cookie", "Accept-Language, Cookie", ""))
    names = ("Accept-Language", "Cookie")
    one, two = (_request(random, names, ("de", "en")) for _ in range(2))
    return (one, vary), (two, vary)


def _alike(random: Random) -> tuple[Asked, Asked]:
    """Draw one request written in two ways, and now and then one that is another."""
    names = ("Accept-Language", "Cookie", "User-Agent")
    one = _request(random, names, ("de", "en"))
    items = [(random.choice((str.lower, str.upper))(k), v) for k, v in one["headers"].items()]
    random.shuffle(items)
    two = {**one, "method": random.choice(("GET", "HEAD")), "headers": dict(items)}
    for name in list(two["headers"]):
        if name.lower() == "user-agent":
            two["headers"][name] = "another"
    vary = random.choice(("Accept-Language, Cookie", "Cookie", "Accept-Language"))
    other = ",".join(reversed(vary.lower().split(", ")))
    return (one, vary), (two, random.choice((vary, other, other.upper())))


TRICKY: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
    *(
        ({"X-A": f"a{mark}b"}, {"X-A": "a", "X-B": "b"})
        for mark in ("", "|", ",", ":", ";", "&", " ")
    ),
    *(({}, {"X-A": nothing}) for nothing in ("", "-", "None", "null")),
    ({"X-A": "a"}, {"X-B": "a"}),
    ({"X-A": "a", "X-B": "b"}, {"X-A": "b", "X-B": "a"}),
)
"""Fields of two requests that are not the same, and look so when they are joined carelessly."""


def _odd(random: Random) -> tuple[Asked, Asked]:
    if random.random() < 0.4:
        first, second = random.choice(TRICKY)
        plain = {"method": "GET", "url": "/a"}
        return ({**plain, "headers": first}, "X-A, X-B"), ({**plain, "headers": second}, "X-A, X-B")
    vary = random.choice(("X-A, X-B", "X-A", "*", "X-A, *"))
    one, two = (_request(random, ("X-A", "X-B"), VALUES) for _ in range(2))
    two.update(url=one["url"], method=one["method"])
    return (one, vary), (two, vary)


def _pairs(draw: Callable[[Random], tuple[Asked, Asked]], message: str) -> Any:
    """Return the check that two keys are equal where they have to be, and nowhere else."""

    def examine(session: Session, random: Random) -> Finding | None:
        pairs = [draw(random) for _ in range(PAIRS)]
        asked = [each for pair in pairs for each in pair]
        steps = [[0, "call:cache_key", encode(request), encode(vary)] for request, vary in asked]
        outcomes = session.play(steps)
        wrong = list(_wrong(pairs, outcomes, session.source))
        return Finding(message, min(wrong, key=_length)) if wrong else None

    return examine


def _length(found: Counterexample) -> int:
    return sum(len(row.call) for row in found.rows)


def _wrong(
    pairs: list[tuple[Asked, Asked]], outcomes: list[Outcome], source: str
) -> Iterator[Counterexample]:
    for number, pair in enumerate(pairs):
        got = outcomes[2 * number : 2 * number + 2]
        for asked, outcome in zip(pair, got, strict=False):
            hope = "MISSING" if key_of(asked) is MISSING else "a text"
            if not _is_key(outcome, hope):
                why = "Vary: * means that no other request ever fits: there is no key"
                if hope != "MISSING":
                    why = "a key is a text that other requests can be compared by"
                why = explain_exception(outcome, "cache_key", source) or why
                yield Counterexample((Row(_call(asked), hope, show_outcome(outcome)),), why)
                break
        else:
            if len(got) == 2 and key_of(pair[0]) is not MISSING:
                yield from _compared(pair, got)


def _is_key(outcome: Outcome, hope: str) -> bool:
    if "value" not in outcome:
        return False
    value = outcome["value"]
    return value == encode(MISSING) if hope == "MISSING" else type(value) is str


def _compared(pair: tuple[Asked, Asked], got: list[Outcome]) -> Iterator[Counterexample]:
    is_equal = key_of(pair[0]) == key_of(pair[1])
    if (got[0] == got[1]) is is_equal:
        return
    first = decode(got[0]["value"])
    wanted = f"{first!r} too" if is_equal else "another key"
    why = "they agree in their URL and in each field that Vary names: one response fits both"
    if not is_equal:
        why = "they differ in the URL or in a field that Vary names: one gets the other's response"
    rows = (Row(_call(pair[0]), "", repr(first)), Row(_call(pair[1]), wanted, show_outcome(got[1])))
    yield Counterexample(rows, why)


def _call(asked: Asked) -> str:
    request, vary = asked
    return f"cache_key({request!r}, {vary!r})"


def _packed(asked: Asked) -> Asked:
    """Write Vary without blanks."""
    request, vary = asked
    return request, vary.replace(" ", "")


def _got(asked: Asked) -> Asked:
    """Ask by GET."""
    request, vary = asked
    return {**request, "method": "GET"}, vary


def _bare(asked: Asked) -> Asked:
    """Leave out the fields that Vary does not name."""
    request, vary = asked
    named = [name.strip().lower() for name in vary.split(",")]
    fields = {k: v for k, v in request["headers"].items() if k.lower() in named or "*" in named}
    return {**request, "headers": fields}, vary


def _in_plainer(draw: Callable[[Random], tuple[Asked, Asked]]) -> Any:
    """Return the check for keys that go wrong by blanks in Vary, by HEAD or by other fields."""

    def plainer(plain: Callable[[Asked], Asked]) -> Any:
        def drawn(random: Random) -> tuple[Asked, Asked]:
            one, two = draw(random)
            return plain(one), plain(two)

        return _pairs(drawn, "what an earlier check tells does not explain this")

    return in_any_way(*map(plainer, (_packed, _got, _bare)))


KEY_CHECKS = (
    Check(
        "key_apart",
        4,
        "cache_key: requests that must not share a response have two keys",
        _pairs(_apart, "two requests share a key, or cannot share one"),
        hints=(
            "A German page is kept. Which part of the next request says that it is no good?",
            "The URL, and the value of each field that Vary names; other fields do not count.",
            "Absent is different from every value: use None, or leave the name out.",
        ),
        subject="cache_key",
    ),
    Check(
        "key_alike",
        3,
        "cache_key: the same request written in another way has the same key",
        _pairs(_alike, "one request has two keys, or two have one"),
        after=("key_apart",),
        apart=_in_plainer(_alike),
        hints=(
            "Which differences between two requests mean nothing?",
            "The case of names, the order of fields and of the names in Vary, HEAD for GET.",
            "Lower all names; go through sorted(names in Vary) and not through the headers.",
        ),
        subject="cache_key",
    ),
    Check(
        "key_odd",
        3,
        "cache_key: Vary: *, empty fields, values with separators in them",
        _pairs(_odd, "an unusual value or field gets a wrong key"),
        after=("key_apart",),
        apart=_in_plainer(_odd),
        hints=(
            "Can two different lists of values give one text when you join them?",
            "With a separator that a value may contain: yes. And is '' the same as absent?",
            "json.dumps of a list of pairs keeps all apart; for * in Vary return MISSING.",
        ),
        subject="cache_key",
    ),
)
