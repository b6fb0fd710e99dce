"""
Scenes of the request journey: a request walks from cache to cache, and its answer back.

What each cache holds stands in it, with the reason why it does or does not. A page that reaches the
wrong person is framed and told in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from textwrap import wrap

from .journeys import ORIGIN, SCRIPT, SHARED, CacheLike, Passing, Site, browser_of, journey
from .marks import SERIES, dot, group, line, rect, text
from .scenes import Control, Question, Row, Run, Scene

SIZE = (720, 330)
HEADERS = (
    "max-age=60",
    "public, max-age=60",
    "private, max-age=60",
    "no-cache",
    "no-store",
)
REACHES = ("the browser", "the CDN", "the origin")
"""How far a request has to go before somebody knows the answer."""
BOX = (196, 100)
PLACES = {
    browser_of("Ada"): (6, 40),
    browser_of("Ben"): (6, 190),
    SHARED: (262, 115),
    ORIGIN: (518, 115),
}
BLUE, RED, GREEN, _ = (colour for colour, _, _ in SERIES)


def journey_controls() -> list[Control]:
    """Return what the origin says, and to whom."""
    return [
        Control("header", "Cache-Control", HEADERS, "choice", 1),
        Control("personal", "page", ("same for all", "personal, by cookie"), "choice", 1),
        Control("vary", "Vary: Cookie", ("no", "yes"), "switch"),
    ]


def journey_runs(cache: CacheLike) -> list[Run]:
    """Return one run for each combination of the controls, in their order."""
    return [
        _run(Site(header, personal, varies), cache)
        for header, personal, varies in product(HEADERS, (False, True), (False, True))
    ]


@dataclass
class _Held:
    """What the caches hold by now: bodies by place, and the last reason to keep nothing."""

    bodies: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def learn(self, passing: Passing, varies: bool) -> None:
        if passing.refusal:
            self.refused[passing.place] = passing.refusal
        if passing.kept and passing.body:
            held = self.bodies.get(passing.place, []) if varies else []
            self.bodies[passing.place] = [*(b for b in held if b != passing.body), passing.body]
            self.refused.pop(passing.place, None)


def _run(site: Site, cache: CacheLike) -> Run:
    passed = journey(site, cache)
    held, scenes, last = _Held(), [], len(passed) - 1
    for at, passing in enumerate(passed):
        held.learn(passing, site.varies)
        if passing.place == ORIGIN and passing.way == "asks":
            continue  # its answer says the same
        ends = at == last or passed[at + 1].number != passing.number
        ask = _question(passed, passing.number + 1) if ends and at != last else None
        row = passing.number if ends else None
        scenes.append(Scene(_drawn(passing, held, site, ends), _say(passing, site, ends), row, ask))
    return Run(tuple(scenes), _backdrop(site), _table(passed, site))


def _backdrop(site: Site) -> str:
    parts = []
    for left, right in ((browser_of("Ada"), SHARED), (browser_of("Ben"), SHARED), (SHARED, ORIGIN)):
        (x1, y1), (x2, y2) = _port(left, 1), _port(right, 0)
        parts.append(line(x1, y1, x2, y2, width=1.5, opacity=0.35))
    for place, (x, y) in PLACES.items():
        parts.append(rect(x, y, *BOX, opacity=0.05, radius=8))
        parts.append(text(x + 12, y + 22, place, 14, weight=600))
    x, y = PLACES[ORIGIN]
    said = ["Cache-Control:", site.cache_control, "Vary: Cookie" if site.varies else "no Vary"]
    for row, words in enumerate(said):
        parts.append(text(x + 12, y + 44 + 18 * row, words, 13, soft=row == 0))
    return "".join(parts)


def _port(place: str, side: int) -> tuple[float, float]:
    x, y = PLACES[place]
    return x + side * BOX[0], y + BOX[1] / 2


def _drawn(passing: Passing, held: _Held, site: Site, ends: bool) -> str:
    parts = [text(12, 18, f"second {passing.second:g}: {passing.who} asks for /page", 14)]
    for place, (x, y) in PLACES.items():
        if place != ORIGIN:
            parts.append(_contents(place, x, y, held))
    x, y = PLACES[passing.place]
    parts.append(rect(x - 3, y - 3, BOX[0] + 6, BOX[1] + 6, BLUE, 0, 2.5, radius=10, data_key="at"))
    wrong = ends and _is_wrong(passing, site)
    if wrong:
        parts.append(rect(x - 6, y - 6, BOX[0] + 12, BOX[1] + 12, RED, 0.1, 2.5, "6 4", 12))
        words = f"{passing.who} sees {passing.body}"
        parts.append(text(x + 12, y + BOX[1] + 24, words, 14, weight=700))
    asks = passing.way == "asks"
    colour, shape = (BLUE, "circle") if asks else (GREEN, "square")
    label = "GET" if asks else f"{passing.status}"
    token = dot(0, 0, colour, shape, 8), text(14, 5, label, 13, weight=600)
    parts.append(group(*token, at=(x + BOX[0] - 56, y + 18), data_key="token"))
    return "".join(parts)


def _contents(place: str, x: float, y: float, held: _Held) -> str:
    bodies = held.bodies.get(place, [])
    rows = [f"holds {body}" for body in bodies] or ["holds nothing"]
    parts = [text(x + 12, y + 44 + 18 * row, words, 13) for row, words in enumerate(rows[-2:])]
    if not bodies and place in held.refused:
        for row, words in enumerate(wrap(held.refused[place], 28)[:2]):
            parts.append(text(x + 12, y + 64 + 16 * row, words, 12, soft=True))
    return "".join(parts)


def _is_wrong(passing: Passing, site: Site) -> bool:
    return site.personal and passing.body != "" and passing.body != site.body(passing.who)


def _say(passing: Passing, site: Site, ends: bool) -> str:
    who, place = passing.who, passing.place
    if passing.way == "asks":
        if place == browser_of(who):
            return f"Second {passing.second:g}: {who} asks for the page; the browser looks first."
        return f"The browser has nothing to send at once and asks the {place}."
    if place == ORIGIN:
        what = "304, not modified" if passing.status == 304 else f"200 with {passing.body}"
        return f"The {place} is asked and answers {what}."
    kept = " It is kept." if passing.kept else ""
    refused = f" Not kept: {passing.refusal}." if passing.refusal and passing.status == 200 else ""
    spoken = (
        f"{'The ' * (place == SHARED)}{place}: {passing.outcome}, {passing.why}.{kept}{refused}"
    )
    if not ends:
        return spoken
    wrong = ", which is somebody else's" * _is_wrong(passing, site)
    return f"{spoken} {who} sees {passing.body}{wrong}."


def _question(passed: Sequence[Passing], number: int) -> Question:
    second, who = SCRIPT[number]
    right = _reach(passed, number)
    return Question(
        f"At second {second}, {who} asks for the page. How far does the request go?",
        REACHES,
        (right,),
        "It is asked whether the copy is still good, or for the page." if right == 2 else "",
    )


def _reach(passed: Sequence[Passing], number: int) -> int:
    """Return how far the request had to go: 0 its browser, 1 the shared cache, 2 the origin."""
    places = {p.place for p in passed if p.number == number and not p.is_background}
    return 2 if ORIGIN in places else int(SHARED in places)


def _table(passed: Sequence[Passing], site: Site) -> tuple[Row, ...]:
    rows: list[Row] = [("second", "who", "goes as far as", "sees", "browser", "CDN")]
    ends = [p for p, after in pairwise([*passed, None]) if p and (not after or _differs(p, after))]
    for end in ends:
        mine = {p.place: p for p in passed if p.number == end.number and p.way == "answers"}
        shared = mine.get(SHARED)
        sees = end.body + " (wrong)" * _is_wrong(end, site)
        reached = REACHES[_reach(passed, end.number)]
        outcome = shared.outcome if shared else "not asked"
        rows.append((f"{end.second:g}", end.who, reached, sees, end.outcome, outcome))
    return tuple(rows)


def _differs(one: Passing, other: Passing) -> bool:
    return one.number != other.number
