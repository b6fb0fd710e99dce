"""
`cachelab mrc`: miss-ratio curves of policies on a trace, as a table, a chart or JSON.
"""

import json
from pathlib import Path

import click
import numpy as np

from cachelab.lab.curves import Curve, miss_ratio_curve
from cachelab.lab.trace_files import FORMATS, read_trace
from cachelab.lab.traces import Trace

from .tables import capacities_of, check_plot, policy_names, print_table

COLUMNS = 8
"""Sizes in the table where none were asked for."""


@click.command(no_args_is_help=True)
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--policy", "policies", default="lru", show_default=True, help="Names, or all.")
@click.option(
    "--capacity",
    "capacities",
    help="Entries, bytes or shares, as for simulate; from 0.1% of the objects to all by default.",
)
@click.option(
    "--sample",
    type=float,
    help="Look at this share of the objects only, such as 0.01: faster, and nearly the same.",
)
@click.option("--bytes", "by_bytes", is_flag=True, help="Fill the cache by the objects' sizes.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), help="Of the trace file.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw chart and table into a file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every size computed.")
def command(
    trace: Path,
    policies: str,
    capacities: str | None,
    sample: float | None,
    by_bytes: bool,
    format_: str | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """
    Compute the miss-ratio curves of policies on a request TRACE.

    LRU's is exact at every size, from one pass over the trace; the others are simulated.

    \b
    cachelab mrc requests.csv --policy lru,s3_fifo --plot curve.svg
    """
    unit = "bytes" if by_bytes else "entries"
    names = policy_names(policies, unit)
    requests = read_trace(trace, format_)
    sizes = None
    if capacities is not None:
        sizes = capacities_of(capacities, requests, unit)
    if plot is not None:
        check_plot(plot)
    curves = [miss_ratio_curve(requests, name, sizes, sample=sample, unit=unit) for name in names]
    if plot is not None:
        from cachelab.lab.charts import miss_ratio_chart

        miss_ratio_chart(curves, title=requests.name, table=True).savefig(plot, dpi=150)
    _print_json(requests, curves) if as_json else _print(requests, curves, unit, sizes)


def _print(trace: Trace, curves: list[Curve], unit: str, sizes: list[int] | None) -> None:
    shown = sorted(set(sizes)) if sizes else _shown(curves)
    rows = {curve.policy: [curve.at(size) for size in shown] for curve in curves}
    print_table(trace, f"miss ratio by capacity in {unit}", shown, rows)
    if curves[0].sample < 1:
        print(
            f"from a sample of {curves[0].sample:g} of the objects; "
            f"nothing can be said below {curves[0].reliable_from:,} {unit}"
        )


def _shown(curves: list[Curve]) -> list[int]:
    first = max(curves[0].reliable_from, *(int(curve.capacities[0]) for curve in curves))
    last = min(int(curve.capacities[-1]) for curve in curves)
    first = max(first, last // 1000)
    return sorted({round(float(size)) for size in np.geomspace(min(first, last), last, COLUMNS)})


def _print_json(trace: Trace, curves: list[Curve]) -> None:
    report = {
        "trace": trace.name,
        "requests": len(trace),
        "objects": trace.objects,
        "curves": [
            {
                "policy": curve.policy,
                "unit": curve.unit,
                "sample": curve.sample,
                "reliable_from": curve.reliable_from,
                "capacities": curve.capacities.tolist(),
                "miss_ratios": curve.miss_ratios.tolist(),
            }
            for curve in curves
        ],
    }
    print(json.dumps(report, indent=2))
