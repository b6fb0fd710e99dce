"""
What a read-through cache may answer, and which loader it has to ask.
"""

from typing import Any

from cachelab.grading.expecting import anything, either, exactly, refusal, satisfying
from cachelab.grading.runs import Expectation
from cachelab.ports import MISSING

from .copies_model import CopiesModel, one_of


class ThroughModel(CopiesModel):
    """
    The contract of `ReadThrough`: copies as everywhere, loaders by the longest fitting prefix.
    """

    def __init__(self, settings: tuple[Any, ...] = ()) -> None:
        super().__init__(settings)
        self.is_named = "named" in settings
        self.loaders: dict[str, str] = {}
        self.called: list[tuple[str, bool]] = []
        """The calls of loaders, and whether each has to be made."""
        self.failure: str | None = None

    def _register_loader(self, prefix: str, loader: Any) -> Expectation:
        self.loaders[prefix] = loader.name
        return anything("a loader may be registered for any prefix")

    def loader_of(self, key: str) -> str | None:
        """Return the loader of the longest prefix that is the key or ends before a colon."""
        fits = [p for p in self.loaders if key == p or key.startswith(f"{p}:")]
        return self.loaders[max(fits, key=len)] if fits else None

    def _get(self, key: str, *named: Any) -> Expectation:
        options = {each.name: each.value for each in named}
        given = options.get("loader")
        loader = self.loader_of(key) if given is None else given.name
        self._spend()
        if loader is None:
            why = f"no registered prefix fits {key!r}, so nobody knows how to load it"
            return refusal("ValueError", "KeyError", "LookupError", why=why)
        copy = self.sure.get(key)
        can_ask = self.store in ("up", "full")
        if can_ask and copy is not None and copy.is_alive(self.now):
            return exactly(copy.row, self._about_copy(key, copy))
        doubts = [c for c in self.doubtful.get(key, []) if c.is_alive(self.now)]
        self.called.append((f"{loader}({key!r})", not (can_ask and doubts)))
        if self.failure is not None:
            self.shaky.add(key)
            why = "the loader failed: who asked has to know, and there is nothing to keep"
            failure = refusal(self.failure, why=why)
            return either(one_of([c.row for c in doubts], why), failure) if doubts else failure
        return self._loaded(key, loader, options.get("ttl"))

    def _loaded(self, key: str, loader: str, ttl: float | None) -> Expectation:
        row = f"{loader} made {key}" if self.is_named else self.rows.get(key, MISSING)
        if self.store in ("up", "full"):
            self._fill(key, row, [], ttl)
        why = f"{loader} is the loader for {key!r}" if self.is_named else self._about_row(key, row)
        return exactly(row, why)

    def _loaders(self, state: str) -> Expectation:
        self.failure = None if state == "work" else state.removeprefix("raise ")
        return anything()

    def _asked(self) -> Expectation:
        called, self.called = self.called, []
        why = "a key without a copy is loaded once, by its own loader; with a copy not at all"
        text = repr([call for call, _ in called])
        return satisfying(lambda calls: _are_those(calls, called), text, why)


def _are_those(calls: Any, called: list[tuple[str, bool]]) -> bool:
    """Tell whether `calls` are the ones that had to be made, and perhaps others that may."""
    left = list(calls)
    for call, is_needed in called:
        if left[:1] == [call]:
            del left[0]
        elif is_needed:
            return False
    return not left
