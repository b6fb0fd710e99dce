"""
Responses of which exercise 03 asks how long they are good, and who may keep them.
"""

from collections.abc import Callable
from random import Random

from cachelab.grading.functions import Arguments
from cachelab.operations.http import format_date

Draw = Callable[[Random], Arguments]

NOW = 1_700_000_000
STATUSES = (200, 201, 203, 204, 206, 300, 301, 302, 308, 404, 405, 410, 414, 500, 501, 503)


def _cased(random: Random, name: str) -> str:
    return random.choice((name, name, name.lower(), name.upper()))


def draw_lifetime(random: Random) -> Arguments:
    """Draw a response of this very second."""
    directives, headers = [], {"Date": format_date(NOW)}
    if random.random() < 0.6:
        directives.append(f"max-age={random.choice((0, 60, 3600))}")
    if random.random() < 0.4:
        directives.append(f"s-maxage={random.choice((5, 900))}")
    if random.random() < 0.4:
        directives.append(random.choice(("public", "private", "immutable")))
    if random.random() < 0.5:
        headers["Expires"] = format_date(NOW + random.choice((-50, 0, 120, 7200)))
    random.shuffle(directives)
    if directives:
        headers["Cache-Control"] = random.choice((", ", ",")).join(directives)
    return headers, NOW


def draw_age(random: Random) -> Arguments:
    """Draw a response with a max-age, made some time ago, by one witness or both."""
    headers = {"Cache-Control": f"max-age={random.choice((60, 3600))}"}
    if random.random() < 0.7:
        headers["Date"] = format_date(NOW - random.choice((0, 10, 60, 400, -30)))
    if random.random() < 0.6:
        headers["Age"] = str(random.choice((0, 10, 59, 60, 300)))
    if random.random() < 0.3 and "Date" in headers:
        del headers["Cache-Control"]
        headers["Expires"] = format_date(NOW + random.choice((-5, 30, 500)))
    return headers, NOW


def draw_stale(random: Random) -> Arguments:
    directives = [f"max-age={random.choice((0, 60))}"]
    if random.random() < 0.7:
        directives.append(f"stale-while-revalidate={random.choice((30, 600))}")
    if random.random() < 0.3:
        directives.append("stale-if-error=86400")
    directives += [d for d in ("must-revalidate", "no-cache") if random.random() < 0.25]
    random.shuffle(directives)
    headers = {"Age": str(random.choice((0, 30, 80))), "Cache-Control": ", ".join(directives)}
    return headers, NOW


def draw_odd(random: Random) -> Arguments:
    seconds = random.choice(("60", "60", '"60"', "soon", "-5", "1.5", ""))
    control = f"{_cased(random, 'max-age')}={seconds}"
    if random.random() < 0.3:
        control = f"{control} , {random.choice(('x-max-age=7', 'max-age=900', 'x'))}"
    headers = {_cased(random, "Cache-Control"): control}
    if random.random() < 0.4:
        headers = {_cased(random, "Expires"): random.choice(("0", "-1", "tomorrow"))}
    if random.random() < 0.5:
        headers[_cased(random, "Date")] = format_date(NOW - 10)
    if random.random() < 0.3:
        headers[_cased(random, "Age")] = random.choice(("20", "old", "-3"))
    return headers, NOW


def draw_response(random: Random) -> Arguments:
    """Draw what a browser and a CDN are to agree on."""
    if random.random() < 0.3:  # nothing but a status
        return random.choice(("browser", "cdn")), {"status": random.choice(STATUSES), "headers": {}}
    status = random.choice((200, 200, 200, 404, 301, 500, 302, 206, 503))
    directives = [
        d
        for d in ("no-store", "no-cache", "public", "max-age=60", "max-age=0", "must-revalidate")
        if random.random() < 0.22
    ]
    headers = {_cased(random, "Cache-Control"): ", ".join(directives)} if directives else {}
    if random.random() < 0.15:
        headers["Expires"] = format_date(NOW)
    return random.choice(("browser", "cdn")), {"status": status, "headers": headers}


def draw_personal(random: Random) -> Arguments:
    """Draw what may be for one user, or for nobody else."""
    directives = [
        d for d in ("private", "public", "max-age=60", "s-maxage=60") if random.random() < 0.35
    ]
    headers = {"Cache-Control": ", ".join(directives)} if directives else {}
    if random.random() < 0.35:
        headers[_cased(random, "Set-Cookie")] = "session=7"
    if random.random() < 0.35:
        headers[_cased(random, "Vary")] = random.choice(("*", "Accept", "Accept, *"))
    status = random.choice((200, 200, 500))
    return random.choice(("browser", "cdn")), {"status": status, "headers": headers}


def without(draw: Draw, *names: str) -> Draw:
    """Return the generator without these fields, and without responses with such a directive."""

    def drawn(random: Random) -> Arguments:
        while True:
            headers, now = draw(random)
            kept = {name: value for name, value in headers.items() if name.lower() not in names}
            if not any(f" {name}=" in value for value in kept.values() for name in names):
                return kept, now

    return drawn


def found_at_once(draw: Draw) -> Draw:
    """Return the generator with responses of status 200 alone."""

    def drawn(random: Random) -> Arguments:
        layer, response = draw(random)
        return layer, {**response, "status": 200}

    return drawn
