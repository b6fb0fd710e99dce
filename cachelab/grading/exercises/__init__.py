"""
The exercises, each in a module of its own with the checks that make its points.

A model is the judge's only idea of a right answer: as slow and as plain as it can be said.
"""

from .shelf import Shelf

EXERCISES = Shelf(f"ex{number:02}" for number in range(1, 16))
"""Every exercise that can be judged, by its id."""
