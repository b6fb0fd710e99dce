"""
`cachelab ladder`: how long things take on this machine, beside the numbers that are quoted.
"""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from cachelab.lab.ladder import MEASURABLE, Ladder, Rung, ladder_chart, latency_ladder, ratios
from cachelab.lab.ladder.chart import told

from .tables import check_plot, listed

OMITTED = (
    "One caller waits for each answer before it asks again, so the questions that a stall would\n"
    "have kept waiting were never asked (coordinated omission): users see a worse p99 than this."
)


@click.command()
@click.option("--only", help="Names, with commas; all by default.")
@click.option("--samples", default=1_000, show_default=True, help="Of each operation, 10 at least.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the ladder into a file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(only: str | None, samples: int, plot: Path | None, as_json: bool) -> None:
    """
    Measure the latency ladder of this machine, beside published numbers.

    From the processor's cache over memory, SQLite, a cache server and a file to a web server, each
    warmed up and given as percentiles. Other work on this machine shows in the slow ones.
    """
    names = list(MEASURABLE) if only is None else listed(only, "--only")
    for name in names:
        if name not in MEASURABLE:
            raise click.UsageError(f"unknown rung {name!r}; known are {', '.join(MEASURABLE)}")
    if plot is not None:
        check_plot(plot)
    with tqdm(total=len(names), delay=1, leave=False, disable=None) as bar:

        def tell(name: str) -> None:
            bar.set_description(name)
            bar.update()

        ladder = latency_ladder(names, samples=samples, progress=tell)
    if plot is not None:
        ladder_chart(ladder.rungs).savefig(plot, dpi=150)
    _print_json(ladder) if as_json else _print(ladder)


def _print(ladder: Ladder) -> None:
    print(f"measured here (percentiles by nearest rank; the timer ticks {told(ladder.resolution)})")
    _show(
        ("operation", "p50", "p90", "p99", "samples", "batch"),
        [_measured(rung) for rung in sorted(ladder.measured, key=lambda rung: rung.seconds)],
    )
    for rung in ladder.measured:
        if rung.note:
            print(f"{rung.name}: {rung.note}")
    print(OMITTED)
    for name, reason in ladder.left_out.items():
        print(f"{MEASURABLE[name].name}: not measured, {reason}")
    print("\npublished")
    _show(
        ("operation", "time", "year", "source"),
        [(rung.name, told(rung.seconds), str(rung.year), rung.source) for rung in ladder.published],
    )
    known = ", ".join(f"{name} {round(ratio, 1):,}" for name, ratio in ratios().items())
    print(f"\nratios of the older list: {known}")


def _measured(rung: Rung) -> tuple[str, ...]:
    times = (rung.seconds, rung.p90 or 0.0, rung.p99 or 0.0)
    return (rung.name, *map(told, times), f"{rung.samples:,}", f"{rung.batch:,}")


def _show(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    for name in names:
        is_words = name in {"operation", "source"}
        table.add_column(name, justify="left" if is_words else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=150, highlight=False).print(table)


def _print_json(ladder: Ladder) -> None:
    report = {
        "resolution": ladder.resolution,
        "measured": [asdict(rung) for rung in ladder.measured],
        "published": [asdict(rung) for rung in ladder.published],
        "left_out": ladder.left_out,
        "ratios": ratios(),
    }
    print(json.dumps(report, indent=2))
