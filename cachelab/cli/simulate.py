"""
`cachelab simulate`: hit ratios of policies on a trace, as a table, a chart or JSON.
"""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from cachelab.eviction import POLICIES
from cachelab.lab.simulator import Result, capacity_of, simulate
from cachelab.lab.trace_files import FORMATS, read_trace
from cachelab.lab.traces import Trace


@click.command(no_args_is_help=True)
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--policy", "policies", default="all", show_default=True, help="Names, or all.")
@click.option(
    "--capacity",
    "capacities",
    default="0.1%,1%,10%",
    show_default=True,
    help="Entries (1000) or shares of the trace's objects (1%).",
)
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), help="Of the trace file.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the table into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(
    trace: Path,
    policies: str,
    capacities: str,
    format_: str | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """
    Count the hits of policies on a request TRACE, from an empty cache.

    \b
    cachelab simulate requests.csv --policy lru,lfu --capacity 1000,1%
    """
    names = _policies(policies)
    requests = read_trace(trace, format_)
    sizes = [capacity_of(text, requests) for text in _listed(capacities, "--capacity")]
    if plot is not None:
        _check_plot(plot)
    results = _run(requests, names, sizes)
    if plot is not None:
        from cachelab.lab.charts import hit_ratio_chart

        hit_ratio_chart(results, title=requests.name).savefig(plot, dpi=150)
    _print_json(requests, results) if as_json else _print_table(requests, results, sizes)


def _listed(text: str, option: str) -> list[str]:
    items = [item.strip() for item in text.split(",") if item.strip()]
    if not items:
        raise click.UsageError(f"{option} names nothing: {text!r}")
    return items


def _policies(text: str) -> list[str]:
    names = list(POLICIES) if text.strip() == "all" else _listed(text, "--policy")
    for name in names:
        if name not in POLICIES:
            raise click.UsageError(f"unknown policy {name!r}; known are {', '.join(POLICIES)}")
    return names


def _check_plot(plot: Path) -> None:
    """Refuse a chart that can't be written before the simulation, not after it."""
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.filetypes
    if plot.suffix.lstrip(".").lower() not in known:
        raise click.UsageError(f"--plot {plot}: the name must end in one of {', '.join(known)}")
    with plot.open("ab"):
        pass


def _run(trace: Trace, names: list[str], capacities: list[int]) -> list[Result]:
    pairs = [(name, capacity) for name in names for capacity in capacities]
    quiet = not sys.stderr.isatty() or len(pairs) * len(trace) < 1_000_000
    return [
        simulate(trace, name, capacity)
        for name, capacity in tqdm(pairs, desc=trace.name, leave=False, disable=quiet)
    ]


def _print_table(trace: Trace, results: list[Result], capacities: list[int]) -> None:
    print(
        f"{trace.name}: {len(trace):,} requests, {trace.objects:,} objects; hit ratio by capacity"
    )
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    table.add_column("policy", no_wrap=True)
    for capacity in capacities:
        table.add_column(str(capacity), justify="right", no_wrap=True)
    for start in range(0, len(results), len(capacities)):
        row = results[start : start + len(capacities)]
        table.add_row(row[0].policy, *(f"{result.hit_ratio:.4f}" for result in row))
    wide = None if sys.stdout.isatty() else 14 + 12 * len(capacities)
    Console(width=wide, highlight=False).print(table)


def _print_json(trace: Trace, results: list[Result]) -> None:
    report = {
        "trace": trace.name,
        "requests": len(trace),
        "objects": trace.objects,
        "results": [
            {
                "policy": result.policy,
                "capacity": result.capacity,
                "hits": result.hits,
                "misses": result.misses,
                "hit_ratio": result.hit_ratio,
            }
            for result in results
        ],
    }
    print(json.dumps(report, indent=2))
