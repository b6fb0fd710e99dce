"""
Where the checks of one submission get their players from: a fresh process for each of them.

A text that only computes has one sandbox for all its checks, in which a fork server makes each
player from a clean copy. Any other text, and Windows, has a new sandbox for every check.
"""

import os
from types import TracebackType
from typing import Self

from .process import Player
from .purity import is_pure
from .sandbox import Level


class PlayerPool:
    """Players for one submission, as a context manager: all are gone when the block is left."""

    def __init__(self, level: Level, source: str) -> None:
        self.level = level
        self.source = source
        self.is_shared = hasattr(os, "fork") and is_pure(source)
        self._idle: dict[int, Player] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._idle:
            self._idle.popitem()[1].close()

    def take(self, hash_seed: int = 1) -> Player:
        """Return a player that has not been asked anything."""
        idle = self._idle.pop(hash_seed, None)
        return idle or Player(self.level, hash_seed, forking=self.is_shared)

    def give_back(self, player: Player, hash_seed: int = 1) -> None:
        """End a player; its sandbox stays for the next one where it may."""
        if not self.is_shared or hash_seed in self._idle:
            player.close()
        elif player.renew():
            self._idle[hash_seed] = player
