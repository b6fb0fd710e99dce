"""
The checks of exercise 03 that are about `LayeredCache`: a browser before a CDN before an origin.
"""

from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.expecting import anything, exactly
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import Tale
from cachelab.grading.telling import explore_scenes, play_tales
from cachelab.grading.world import World
from cachelab.ports import MemoryStore

SUBJECT = "LayeredCache"
BODIES: tuple[Any, ...] = ("page", "", 0, None, ["a"])


class LayersWorld(World):
    """Two stores and an origin that says how long a body is good, and for whom."""

    words: ClassVar[dict[str, str]] = {
        "@sleep": "{0:g} seconds pass",
        "@page": "the origin's answer for {0!r} is now ({1!r}, {2}, {3!r})",
        "@next_user": "another user comes, with an empty browser",
        "@asked": "how often was the origin asked since?",
        "@cdn_asked": "did any request go as far as the CDN since?",
    }

    def __init__(self, _: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.browser, self.cdn = MemoryStore(self.runtime), MemoryStore(self.runtime)
        self.pages: dict[str, tuple[Any, float, str]] = {}
        self.told = self.told_of_cdn = 0

    def making(self) -> tuple[Any, ...]:
        def origin(key: str) -> tuple[Any, float, str]:
            return self.pages.get(key, ("first", 60, "public"))

        ports = self.add("browser", self.browser), self.add("cdn", self.cdn)
        return *ports, self.add("origin", origin)

    def do_page(self, key: str, body: Any, seconds: float, scope: str) -> None:
        self.pages[key] = (body, seconds, scope)

    def do_next_user(self) -> None:
        self.browser.clear()

    def do_asked(self) -> int:
        since, self.told = self.told, len(self.calls)
        return sum(call.port == "origin" for call in self.calls[since : self.told])

    def do_cdn_asked(self) -> bool:
        since, self.told_of_cdn = self.told_of_cdn, len(self.calls)
        calls = self.calls[since : self.told_of_cdn]
        return any(call.port == "cdn" and call.verb.startswith("get") for call in calls)


@dataclass(frozen=True, slots=True)
class Copy:
    """A body and when it ends."""

    body: Any
    end: float


class LayersModel:
    """The contract of `LayeredCache`: what each layer holds, and until when."""

    def __init__(self, _: tuple[Any, ...] = ()) -> None:
        self.now = 0.0
        self.pages: dict[str, tuple[Any, float, str]] = {}
        self.browser: dict[str, Copy] = {}
        self.cdn: dict[str, Copy] = {}
        self.asked = 0
        self.went_on = False
        self.last = ""

    def born(self) -> Expectation:
        return anything("two stores and an origin are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def _get(self, key: str) -> Expectation:
        for name in ("browser", "cdn"):
            copy = getattr(self, name).get(key)
            self.went_on |= name == "cdn"
            if copy is not None and self.now < copy.end:
                self.browser[key] = copy
                left = copy.end - self.now
                return exactly(copy.body, f"the {name} has it, good for another {left:g} seconds")
        body, seconds, scope = self.pages.get(key, ("first", 60, "public"))
        self.asked += 1
        copy = Copy(body, self.now + seconds)
        if scope != "no-store":
            self.browser[key] = copy
        if scope == "public":
            self.cdn[key] = copy
        why = "no layer has a copy that is still good: it comes from the origin"
        if not seconds:
            why = "it is good for 0 seconds, so no layer keeps it: what the origin gave is returned"
        return exactly(body, why)

    def _page(self, key: str, body: Any, seconds: float, scope: str) -> Expectation:
        self.pages[key] = (body, seconds, scope)
        return anything()

    def _next_user(self) -> Expectation:
        self.browser.clear()
        return anything()

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        return anything()

    def _asked(self) -> Expectation:
        count, self.asked = self.asked, 0
        why = "the origin is asked once when no layer may answer: public for both layers, "
        return exactly(count, why + "private for the browser, no-store for none")

    def _cdn_asked(self) -> Expectation:
        went_on, self.went_on = self.went_on, False
        return exactly(went_on, "what the browser has goes no further, all else asks the CDN first")


def _drawing(*kinds: str, scopes: tuple[str, ...] = ("public",), keys: str = "ab") -> Any:
    def draw(random: Random, model: LayersModel) -> Operation:
        kind = random.choice([k for k in kinds if k in ("get", "@page") or k != model.last])
        key = random.choice(keys)
        if kind == "@page":
            seconds = random.choice((0, 1, 60, 90)) if "@sleep" in kinds else 60
            return (kind, key, random.choice(BODIES), seconds, random.choice(scopes))
        if kind == "@sleep":
            return (kind, random.choice((30.0, 59.0, 60.0)))
        return (kind, key) if kind == "get" else (kind,)

    return draw


def _tale(draw: Any, allowed: Any = lambda _model, _operation: True) -> Tale:
    return Tale(LayersWorld, LayersModel, ((),), draw, allowed)


ALL_SCOPES = ("public", "private", "private", "no-store")
ORDER = _tale(_drawing("get", "get", "@page", "@next_user", "@asked", "@cdn_asked"))
SCOPES = _tale(_drawing("get", "get", "@page", "@next_user", "@asked", scopes=ALL_SCOPES))
AGES = _tale(_drawing("get", "get", "@page", "@next_user", "@sleep", "@asked", "@cdn_asked"))
FOR_ONE_ALONE = _tale(
    _drawing("get", "get", "@page", "@next_user", "@asked", scopes=ALL_SCOPES[1:], keys="a"),
    lambda model, operation: operation[0] != "get" or operation[1] in model.pages,
)
AGES_OF_ONE = _tale(_drawing("get", "get", "@page", "@sleep", keys="a"))
PLAIN = Tale(LayersWorld, LayersModel)
_NEW = ("@page", "a", "new", 60, "public")
_GET, _WAIT = ("get", "a"), ("@sleep", 30.0)
OUTLIVES = ((), (_GET, _WAIT, ("@next_user",), _GET, _NEW, _WAIT, _GET))
EMPTY: tuple[Any, ...] = tuple(
    ((), (("@page", "a", body, 60, "public"), _GET, ("@cdn_asked",), _GET, ("@cdn_asked",)))
    for body in ("", None)
)
FOR_ONE: tuple[Any, ...] = tuple(
    ((), (("@page", "a", "mine", 60, scope), *(_GET, step) * 2, ("@asked",)))
    for scope in ("private", "no-store")
    for step in (_GET, ("@next_user",))
)
HALF_WAY = ((), (_GET, ("@cdn_asked",), ("@sleep", 59.0), _GET, ("@cdn_asked",)))
LONGER = ((), (("@page", "a", "long", 90, "public"), _GET, ("@sleep", 60.0), _GET, ("@asked",)))
NOTHING_LEFT = ((), (("@page", "a", "old", 0, "public"), _GET, _NEW, _GET))
_OUTLIVES = "a body outlives its time"
_FOR_WHOM = "a body is kept where it must not be, or nowhere"

LAYER_CHECKS = (
    Check(
        "layers_order",
        3,
        "LayeredCache: the nearest layer answers, and what was found fills those before it",
        in_turn(
            explore_scenes(PLAIN, *EMPTY, message="a body that is empty is not served"),
            play_tales(ORDER, message="a layer is passed over, or not filled", runs=50),
        ),
        hints=(
            "Which layer do you ask first, and what does an answer leave on its way back?",
            "browser.get, cdn.get, origin: a hit in the CDN is stored in the browser too.",
            "Compare with `is MISSING`: '', 0 and None are bodies. origin(key) gives three values.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "layers_private",
        3,
        "LayeredCache: private bodies stay out of the CDN, no-store out of both",
        in_turn(
            explore_scenes(PLAIN, *FOR_ONE, message=_FOR_WHOM),
            play_tales(SCOPES, message=_FOR_WHOM, runs=40),
        ),
        after=("layers_order",),
        apart=in_turn(
            explore_scenes(PLAIN, *FOR_ONE, message=_FOR_WHOM),
            play_tales(FOR_ONE_ALONE, message=_FOR_WHOM, runs=40),
        ),
        hints=(
            "User A has asked for the account page. What must user B not find?",
            "The third value says for whom: 'public', 'private' or 'no-store'.",
            "public: both stores. private: the browser alone. no-store: neither.",
        ),
        subject=SUBJECT,
    ),
    Check(
        "layers_age",
        4,
        "LayeredCache: no layer adds to the life of a body",
        in_turn(
            explore_scenes(PLAIN, OUTLIVES, NOTHING_LEFT, LONGER, HALF_WAY, message=_OUTLIVES),
            play_tales(AGES, message="a body lives too long, or not long enough", runs=60),
        ),
        after=("layers_order",),
        apart=in_turn(
            explore_scenes(PLAIN, NOTHING_LEFT, LONGER, message=_OUTLIVES),
            play_tales(AGES_OF_ONE, message=_OUTLIVES, runs=60),
        ),
        hints=(
            "The CDN has had it for 30 of its 60 seconds. For how long may the browser keep it?",
            "For the 30 that are left: cdn.ttl(key) tells.",
            "Pass ttl=cdn.ttl(key) to the browser; a body that is good for 0 seconds is not kept.",
        ),
        subject=SUBJECT,
    ),
)
