"""
The shortest history that breaks a promise: a day with ever fewer requests, as long as it breaks it.
"""

from dataclasses import replace

from .playing import Contestant
from .shop import Shop
from .values import Breach, Request
from .workloads import Workload

TRIES = 150
ROWS = 12


def shortest_history(contestant: Contestant, day: Workload, breach: Breach) -> Breach:
    """
    Return a breach of the same kind with the shortest history found.

    First only the requests for the key are kept, then ever smaller parts of them are left out.

    Complexity: up to 150 plays of what is left of the day.
    """
    tries = TRIES

    def again(requests: tuple[Request, ...]) -> Breach | None:
        nonlocal tries
        tries -= 1
        shop = Shop(replace(day, requests=requests), contestant(day), recording=True)
        found = shop.play(until=breach.kind).breaches
        return next((one for one in found if one.kind == breach.kind), None)

    until = tuple(request for request in day.requests if request.at <= breach.at)
    best = tuple(request for request in until if request.key == breach.key)
    found = again(best)
    if found is None:  # it takes others: a full layer, a queue
        best, found = until, again(until)
    size = len(best) // 2 if found else 0
    while size and tries > 0:
        for start in range(0, len(best), size):
            fewer = best[:start] + best[start + size :]
            shown = again(fewer) if tries > 0 else None
            if shown is not None:
                best, found = fewer, shown
                break
        else:
            size //= 2
    return breach if found is None else replace(found, history=_about(found))


def _about(breach: Breach) -> tuple[tuple[float, str, str, str], ...]:
    """Return the last calls that are about the key of a breach, in order of time."""
    about = (line for line in breach.history if repr(breach.key) in line[2])
    return tuple(sorted(about, key=lambda line: line[0]))[-ROWS:]
