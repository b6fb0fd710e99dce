"""
What the commands that simulate share: reading lists and names, and printing ratios as a table.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cachelab.eviction import POLICIES
from cachelab.lab.kernels.choice import KERNELS
from cachelab.lab.sizes import capacity_of
from cachelab.lab.traces import Trace

MOST = 1_000_000
"""Entries that a cache may have for any trace: some policies take memory for all of them."""


def listed(text: str, option: str) -> list[str]:
    """Return the items of a list with commas; one item at least."""
    items = [item.strip() for item in text.split(",") if item.strip()]
    if not items:
        raise click.UsageError(f"{option} names nothing: {text!r}")
    return items


def capacities_of(text: str, trace: Trace, unit: str) -> list[int]:
    """Return the capacities that are named; none so large that a mistake must be behind it."""
    largest = max(MOST, 100 * trace.objects) if unit == "entries" else 2**60
    sizes = []
    for item in listed(text, "--capacity"):
        sizes.append(capacity_of(item, trace, unit))
        if sizes[-1] > largest:
            there = f"the {trace.objects:,} objects of {trace.name}"
            raise click.UsageError(f"--capacity {item} is too much for {there}")
    return sizes


def policy_names(text: str, unit: str = "entries") -> list[str]:
    """Return the policies that are named; all, by bytes, are those that can be played so."""
    if text.strip() == "all":
        return [
            name
            for name, policy in POLICIES.items()
            if unit == "entries" or KERNELS[policy].by_bytes
        ]
    names = listed(text, "--policy")
    for name in names:
        if name not in POLICIES:
            raise click.UsageError(f"unknown policy {name!r}; known are {', '.join(POLICIES)}")
    return names


def check_plot(plot: Path) -> None:
    """Refuse a chart that can't be written before the simulation, not after it."""
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.filetypes
    if plot.suffix.lstrip(".").lower() not in known:
        raise click.UsageError(f"--plot {plot}: the name must end in one of {', '.join(known)}")
    with plot.open("ab"):
        pass


def print_table(
    trace: Trace, what: str, sizes: Sequence[int], rows: Mapping[str, Sequence[float]]
) -> None:
    """Print a row of ratios for each policy, a column for each capacity."""
    print(f"{trace.name}: {len(trace):,} requests, {trace.objects:,} objects; {what}")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    table.add_column("policy", no_wrap=True)
    for size in sizes:
        table.add_column(str(size), justify="right", no_wrap=True)
    for name, ratios in rows.items():
        table.add_row(name, *(f"{ratio:.4f}" for ratio in ratios))
    wide = None if sys.stdout.isatty() else 24 + sum(max(7, len(str(size)) + 1) for size in sizes)
    Console(width=wide, highlight=False).print(table)
