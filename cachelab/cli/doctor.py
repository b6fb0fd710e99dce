"""
`cachelab doctor`: what is here, what is missing, and what to do about it.
"""

import json
from dataclasses import asdict

import click
from rich.console import Console

from cachelab.doctor import as_table, doctor, is_healthy


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(as_json: bool) -> None:
    """
    Show what is here of all that the course uses.

    The exit status is 0 when a learner has what the lessons need, and 1 otherwise.
    """
    findings = doctor()
    healthy = is_healthy(findings)
    if as_json:
        answer = {"ok": healthy, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(answer, indent=2))
    else:
        Console().print(as_table(findings))
    if not healthy:
        raise SystemExit(1)
