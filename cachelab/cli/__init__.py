"""
The `cachelab` command: open the course, see what is here, simulate, judge, build.

Each command is one file with one `command`. Whatever a user gets wrong is answered with one
sentence on the error stream and exit status 2; a traceback is a bug of ours.
"""

from importlib import import_module
from typing import Any

import click

from cachelab import __version__
from cachelab.ports.errors import CachelabError

INTERRUPTED = 130
"""The exit status of a program that was stopped with Ctrl-C."""

COMMANDS = {
    "lab": "Open the course in JupyterLab.",
    "doctor": "Show what is here: server, database, sandbox, browser.",
    "simulate": "Count the hits of policies on a request trace.",
    "mrc": "Compute miss-ratio curves of policies on a request trace.",
    "traces": "List traces, fetch published ones, record our own anew.",
    "compare": "Measure the caching strategies side by side.",
    "ladder": "Measure how long things take here, beside published numbers.",
    "judge": "Judge a submission, or a folder of them.",
    "autograde": "Grade a class through nbgrader, judged in parallel.",
    "release": "Copy what students get to a folder.",
    "similar": "Show which submissions have much in common.",
    "build": "Build the notebooks from their text sources.",
    "site": "Build the course as a static site whose views stay alive.",
}


class _Commands(click.Group):
    """
    A group that imports a command's module when the command is asked for.

    `cachelab simulate` should not wait for JupyterLab's imports, nor `cachelab lab` for numpy's.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"cachelab.cli.{name}").command
        command.help = command.help or COMMANDS[name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BrokenPipeError, click.exceptions.NoArgsIsHelpError):
            raise  # click ends without a word where nobody reads on, and shows the help
        except KeyboardInterrupt:
            click.echo("\ninterrupted", err=True)
            ctx.exit(INTERRUPTED)
        except click.UsageError as error:
            raise _Mistake(error.format_message()) from error
        except OSError as error:
            raise _Mistake(_os_sentence(error)) from error
        except (CachelabError, ValueError, TypeError) as error:
            raise _Mistake(str(error)) from error


class _Mistake(click.ClickException):
    exit_code = 2


def _os_sentence(error: OSError) -> str:
    if error.filename is None:
        return (error.strerror or str(error)).lower()
    return f"{error.filename}: {(error.strerror or str(error)).lower()}"


@click.group(
    cls=_Commands,
    invoke_without_command=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="cachelab")
def main() -> None:
    """Learn caching by measuring it."""
