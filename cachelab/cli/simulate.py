"""
`cachelab simulate`: hit ratios of policies on a trace, as a table, a chart or JSON.
"""

import json
from pathlib import Path

import click

from cachelab.lab.results import Result
from cachelab.lab.sweeps import sweep
from cachelab.lab.trace_files import FORMATS, read_trace
from cachelab.lab.traces import Trace

from .tables import capacities_of, check_plot, policy_names, print_table


@click.command(no_args_is_help=True)
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--policy", "policies", default="all", show_default=True, help="Names, or all.")
@click.option(
    "--capacity",
    "capacities",
    default="0.1%,1%,10%",
    show_default=True,
    help="Entries (1000), bytes (64MiB, with --bytes), or shares of all objects (1%).",
)
@click.option("--bytes", "by_bytes", is_flag=True, help="Fill the cache by the objects' sizes.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), help="Of the trace file.")
@click.option("--jobs", type=click.IntRange(min=1), help="Cores to use; all by default.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw chart and table into a file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(
    trace: Path,
    policies: str,
    capacities: str,
    by_bytes: bool,
    format_: str | None,
    jobs: int | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """
    Count the hits of policies on a request TRACE, from an empty cache.

    \b
    cachelab simulate requests.csv --policy lru,lfu --capacity 1000,1%
    """
    unit = "bytes" if by_bytes else "entries"
    names = policy_names(policies, unit)
    requests = read_trace(trace, format_)
    sizes = capacities_of(capacities, requests, unit)
    if plot is not None:
        check_plot(plot)
    tasks = len(names) * len(sizes)
    results = sweep(requests, names, sizes, unit=unit, jobs=min(jobs, tasks) if jobs else None)
    if plot is not None:
        from cachelab.lab.charts import hit_ratio_chart

        chart = hit_ratio_chart(results, title=requests.name, table=True)
        chart.savefig(plot, dpi=150)
    _print_json(requests, results) if as_json else _print(requests, results, sizes, unit)


def _print(trace: Trace, results: list[Result], sizes: list[int], unit: str) -> None:
    rows = {
        results[start].policy: [r.hit_ratio for r in results[start : start + len(sizes)]]
        for start in range(0, len(results), len(sizes))
    }
    print_table(trace, f"hit ratio by capacity in {unit}", sizes, rows)


def _print_json(trace: Trace, results: list[Result]) -> None:
    report = {
        "trace": trace.name,
        "requests": len(trace),
        "objects": trace.objects,
        "results": [_as_dict(result) for result in results],
    }
    print(json.dumps(report, indent=2))


def _as_dict(result: Result) -> dict[str, object]:
    counts: dict[str, object] = {
        "policy": result.policy,
        "capacity": result.capacity,
        "hits": result.hits,
        "misses": result.misses,
        "hit_ratio": result.hit_ratio,
    }
    if result.byte_hit_ratio is not None:
        counts |= {"unit": result.unit, "byte_hit_ratio": result.byte_hit_ratio}
    return counts
