"""
`cachelab traces`: what there is to simulate, fetching what others published, recording one's own.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cachelab.lab.downloading import download
from cachelab.lab.public_traces import PublicTrace, public_traces, traces_folder
from cachelab.lab.samples import SAMPLES, sample_card, sample_facts, sample_file, sample_trace

NOT_KNOWN = "not known"
NAMED_BY = {
    "publisher": "its publisher",
    "others": "others, who fetch it from there",
    None: "nobody: there is a page only",
}
ABOUT_ADDRESSES = (
    "from: the address is named by the publisher, or by others who fetch the trace from there.\n"
    "Files move, and no address is tried before you say get; a hash is checked where one is known."
)


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every address and hash.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """
    List the traces that ship with the course and those that others have published.

    Nothing is fetched unless you say `get`; `show` has the full address and hash. In Python:
    sample_trace("shop") for one that ships, read_trace(PATH) for any other.
    """
    if context.invoked_subcommand is None:
        _print_json() if as_json else _print_lists()


@command.command("show", no_args_is_help=True)
@click.argument("name")
def show(name: str) -> None:
    """
    Show the data card of a trace: what it is, how it came about, licence, size, hash.
    """
    if name in SAMPLES:
        click.echo(sample_card(name))
        click.echo(f"It is here: {sample_file(name)}")
        return
    trace = _public(name)
    here = _here(trace)
    for label, value in [
        ("what", trace.what),
        ("page", trace.page),
        ("address", trace.address or "none: it is fetched by hand from its page"),
        ("named by", NAMED_BY[trace.address_by]),
        ("licence", trace.licence or NOT_KNOWN),
        ("requests", NOT_KNOWN if trace.requests is None else f"{trace.requests:,}"),
        ("bytes", _size(trace)),
        ("hash", _hash(trace)),
        ("evidence", trace.evidence),
        ("here", "no" if here is None else str(here)),
    ]:
        click.echo(f"{label:9}{value}")


@command.command("get", no_args_is_help=True)
@click.argument("name")
@click.option("--from", "address", help="Another address of the same file, such as a classroom's.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="A folder.")
def get(name: str, address: str | None, folder: Path | None) -> None:
    """
    Fetch a published trace to $CACHELAB_HOME/traces, by default ~/.cachelab/traces.

    Its size and hash are checked where they are known. A download that broke off is continued by
    the same command where a hash is known, and else starts again.
    """
    if name in SAMPLES:
        click.echo(f"{name} ships with the course: {sample_file(name)}")
        return
    fetched = download(_public(name), folder, address)
    click.echo(f"{fetched.path}\n{fetched.checked}")


@command.command("record", no_args_is_help=True)
@click.argument("name")
@click.option("--to", "path", required=True, type=click.Path(path_type=Path), help="A new file.")
def record(name: str, path: Path) -> None:
    """
    Record a trace of those that ship anew: shop, helpdesk, storefront or identifiers.

    The file's name ends in .trace or .csv (storefront, which has sizes), and .xz if it is to be
    packed. It takes a few seconds to two minutes.
    """
    from cachelab.lab.recording import record_trace
    from cachelab.lab.trace_writing import check_name, write_trace

    shipped = sample_trace(name)
    check_name(path, sized=shipped.sizes is not None)
    if not path.absolute().parent.is_dir():
        raise click.UsageError(f"--to {path}: there is no such folder")
    trace = record_trace(name)
    write_trace(trace, path)
    same = list(trace) == list(shipped)
    click.echo(f"{path}: {len(trace):,} requests, {trace.objects:,} objects")
    click.echo("the same requests as those that ship" if same else _differs(name))


def _differs(name: str) -> str:
    why = "another Python's library" if name == "identifiers" else "another release of what is used"
    return f"not the same requests as those that ship: {why} gives another trace"


def _public(name: str) -> PublicTrace:
    if name not in public_traces():
        known = ", ".join([*SAMPLES, *public_traces()])
        raise click.UsageError(f"unknown trace {name!r}; known are {known}")
    return public_traces()[name]


def _here(trace: PublicTrace) -> Path | None:
    path = trace.path()
    return path if path is not None and path.exists() else None


def _size(trace: PublicTrace) -> str:
    return NOT_KNOWN if trace.bytes is None else f"{trace.bytes:,}"


def _hash(trace: PublicTrace) -> str:
    if trace.content_sha256 is not None:
        return f"sha256 {trace.content_sha256} (of the unpacked content)"
    if trace.hash is None:
        return NOT_KNOWN
    return f"{'sha1' if trace.sha256 is None else 'sha256'} {trace.hash}"


def _print_lists() -> None:
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(_ours())
    console.print(_theirs())
    click.echo(ABOUT_ADDRESSES)
    click.echo(f"Fetched traces are kept in {traces_folder()}.")
    click.echo("cachelab traces show NAME: address, hash, who states them")
    click.echo("cachelab traces get NAME: fetch it")


def _ours() -> Table:
    table = _table("ships with the course", "requests", "objects", "bytes", "what")
    for name, what in SAMPLES.items():
        facts = sample_facts(name)
        objects = facts["objects"].split()[0].rstrip(",")
        size = f"{len(sample_file(name).read_bytes()):,}"
        table.add_row(name, facts["requests"], objects, size, what)
    return table


def _theirs() -> Table:
    table = _table("published", "from", "bytes", "hash", "licence", "what, and where")
    for name, trace in public_traces().items():
        table.add_row(
            name,
            (trace.address_by or "by hand") if _here(trace) is None else "is here",
            _size(trace),
            NOT_KNOWN if trace.hash is None else f"{trace.hash[:8]}...",
            trace.licence or NOT_KNOWN,
            f"{trace.what}\n{trace.page}",
        )
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(first, no_wrap=True)
    for title in others:
        if title.startswith("what"):
            table.add_column(title, overflow="fold")
        elif title == "licence":
            table.add_column(title, max_width=22)
        else:
            table.add_column(title, justify="right", no_wrap=True)
    return table


def _print_json() -> None:
    ours = [
        {"name": name, "what": what, "path": str(sample_file(name)), **sample_facts(name)}
        for name, what in SAMPLES.items()
    ]
    theirs = [
        asdict(trace) | {"here": str(_here(trace) or "")} for trace in public_traces().values()
    ]
    click.echo(json.dumps({"ships": ours, "published": theirs}, indent=2))
