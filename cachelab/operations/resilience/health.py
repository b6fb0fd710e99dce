"""
How a cache is doing, as one value: for an alert, a page, or a person who reads a sentence.
"""

from dataclasses import dataclass

from .pending import StaleRisk


@dataclass(frozen=True, slots=True)
class Health:
    r"""
    The state of a `Resilient` store at one moment; as text, it says so in words.

    `pending_deletes` are owed and tried again; `staleness_risks` were given up, the last of them in
    `recent_risks`. `failed_calls` are tries that the store failed, `refused_calls` those that the
    breaker kept from it, and `shed_loads` the reads that the database was spared.

    >>> health = Health(breaker="open", pending_deletes=2, failed_calls=5, shed_loads=40)
    >>> print(str(health).replace(". ", ".\n"))
    The cache is left alone, and every read goes to the source.
    2 deletes are owed and tried again.
    No key is known to be at risk of being stale.
    5 calls failed and 0 were not made.
    40 loads were turned away to spare the source.
    """

    breaker: str
    pending_deletes: int = 0
    staleness_risks: int = 0
    recent_risks: tuple[StaleRisk, ...] = ()
    failed_calls: int = 0
    refused_calls: int = 0
    shed_loads: int = 0

    @property
    def is_well(self) -> bool:
        """Tell whether the cache answers, nothing is owed, and nothing was given up."""
        return self.breaker == "closed" and not self.pending_deletes and not self.staleness_risks

    def __str__(self) -> str:
        words = [_CIRCUIT[self.breaker], self._owed(), self._risks()]
        if self.failed_calls or self.refused_calls:
            failed = _count(self.failed_calls, "call")
            words.append(f"{failed} failed and {self.refused_calls} were not made.")
        if self.shed_loads:
            words.append(f"{self.shed_loads} loads were turned away to spare the source.")
        return " ".join(words)

    def _owed(self) -> str:
        if not self.pending_deletes:
            return "No delete is owed."
        verb = "is" if self.pending_deletes == 1 else "are"
        return f"{_count(self.pending_deletes, 'delete')} {verb} owed and tried again."

    def _risks(self) -> str:
        if not self.staleness_risks:
            return "No key is known to be at risk of being stale."
        shown = "; ".join(map(str, self.recent_risks[-3:]))
        return f"{_count(self.staleness_risks, 'key')} may be stale, lately: {shown}."


_CIRCUIT = {
    "closed": "The cache answers.",
    "half-open": "One call tries whether the cache is back.",
    "open": "The cache is left alone, and every read goes to the source.",
}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
