"""
Judging the capstone: the shop runs in the judge, and only the design's own code in a player.

Each call of `ctx` is a line to the judge and a line back, so time, layers, rows and the requests to
come are out of the submission's reach, as the ports of every other exercise are. What is left: the
six processes share one player, so notes can be smuggled between them through a module of the
standard library; that can save a design the bus, and neither a row, a moment nor a dollar.
"""

from .parts import CAPSTONE

__all__ = ["CAPSTONE"]
