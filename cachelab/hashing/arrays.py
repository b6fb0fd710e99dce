"""
The arrays that batches of keys are worked on as. (Imported where NumPy is, or for type checking.)
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .keys import Key

Positions: TypeAlias = NDArray[np.uint64]
"""Where keys lie: numbers below 2**64."""

Indexes: TypeAlias = NDArray[np.int32]
"""Numbers of nodes, in the order of `Placement.nodes`."""

Numbers: TypeAlias = NDArray[np.signedinteger[Any]]
"""The same in whatever width is at hand."""

Batch: TypeAlias = NDArray[np.integer[Any]] | list[Key]
"""Whole numbers as an array, or keys of any kind as a list."""

Keys: TypeAlias = NDArray[Any] | Iterable[Key]
"""What `nodes_for_many` is asked."""
