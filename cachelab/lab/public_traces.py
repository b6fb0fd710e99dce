"""
Traces that others have published: where they are, how large, under which terms, and with what hash.

The list is `data/public_traces.toml`. What nobody has told us is left out, and shown as not known.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from .home import default_home, home_folder


@dataclass(frozen=True, slots=True)
class PublicTrace:
    """
    A published trace, or a collection of them.

    Without an `address` it is fetched by hand from its `page`: there are terms to agree to, or many
    files. `sha256` and `sha1` are of the file at the address, `content_sha256` of what is in it
    once unpacked. `address_by` says whether the publisher names the address or only others do, and
    `evidence` who states the rest.
    """

    name: str
    what: str
    page: str
    address: str | None = None
    licence: str | None = None
    requests: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    content_sha256: str | None = None
    sha1: str | None = None
    address_by: str | None = None
    evidence: str = ""

    @property
    def hash(self) -> str | None:
        """The best hash that is known."""
        return self.sha256 or self.content_sha256 or self.sha1

    @property
    def can_be_checked(self) -> bool:
        """Whether a file can be told from a damaged or different one."""
        return self.hash is not None

    @property
    def file_name(self) -> str | None:
        """What the file is called where it is published, and here."""
        return None if self.address is None else Path(urlsplit(self.address).path).name

    def path(self, folder: Path | None = None) -> Path | None:
        """Return where the trace is once it has been fetched; None if that is done by hand."""
        name = self.file_name
        return None if name is None else (folder or traces_folder()) / name


@cache
def public_traces() -> dict[str, PublicTrace]:
    """
    Return all of them by name; each can be fetched unless `address` is None.

    >>> public_traces()["loop"].requests
    505500
    """
    text = (files("cachelab.lab") / "data" / "public_traces.toml").read_text("utf-8")
    return {name: PublicTrace(name, **facts) for name, facts in tomllib.loads(text).items()}


def traces_folder() -> Path:
    """Return the folder for fetched traces: `$CACHELAB_HOME/traces`, or ~/.cachelab/traces."""
    return (home_folder() or default_home()) / "traces"
