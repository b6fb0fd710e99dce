"""
Where a warm-up is, in a file, so that one that was killed goes on where it stopped.

The file holds a number of keys and a digest of them. So it can tell whether the list it is given
begins with the same keys; if not, it is another list, and the warm-up begins anew.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path


class ProgressFile:
    """
    The number of keys that are done, kept at `path`, written anew after `every` of them.

    A process that is killed leaves the last state that was written whole; what was done since is
    done again, which harms nothing. The file is removed when the list has come to its end.

    Complexity: O(1) for a key; to resume takes a pass over the keys that are done.

    Raises:
        ValueError: `every` is below 1.
    """

    def __init__(self, path: str | Path, *, every: int = 100) -> None:
        if every < 1:
            raise ValueError(f"progress can be kept every so many keys, 1 or more, not {every!r}")
        self.path = Path(path)
        self.every = every
        self.number = self.written = 0
        """How many keys are behind, and how many are written down."""
        self.seen = hashlib.blake2b(digest_size=16)
        self.settled = (0, self.seen.hexdigest())

    def resume(self, keys: Iterable[str]) -> tuple[int, Iterator[str]]:
        """Return how many of `keys` are done, and the others."""
        self._restart()
        done, digest = self._saved()
        rest = iter(keys)
        first = list(islice(rest, done))  # to start anew with them if they are others
        for key in first:
            self.passed(key)
        if len(first) == done and self.seen.hexdigest() == digest:
            self.settle()
            self.written = done
            return done, rest
        self._restart()
        return 0, chain(first, rest)

    def passed(self, key: str) -> None:
        """Note that `key` is behind, for better or worse: after a kill it is tried again."""
        self.number += 1
        name = key.encode("utf-8", "surrogatepass")
        self.seen.update(b"%d:%b" % (len(name), name))

    def settle(self) -> None:
        """Note that every key so far need not be tried again."""
        self.settled = (self.number, self.seen.hexdigest())
        if self.number - self.written >= self.every:
            self.save()

    def save(self) -> None:
        """Write down how many keys are settled."""
        number, digest = self.settled
        new = self.path.with_name(f"{self.path.name}.new")
        new.write_text(json.dumps({"done": number, "digest": digest}), "utf-8")
        os.replace(new, self.path)
        self.written = number

    def finish(self) -> None:
        """Remove the file: there is nothing to go on with."""
        self.path.unlink(missing_ok=True)

    def _restart(self) -> None:
        self.number = self.written = 0
        self.seen = hashlib.blake2b(digest_size=16)
        self.settled = (0, self.seen.hexdigest())

    def _saved(self) -> tuple[int, str]:
        try:
            saved = json.loads(self.path.read_text("utf-8"))
            return max(0, int(saved["done"])), str(saved["digest"])
        except (OSError, ValueError, LookupError, TypeError):
            return 0, ""  # there is none, or none that can be read
