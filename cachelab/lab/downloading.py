"""
Fetching a published trace, so that a file under its own name is always all of it.

Bytes go to a file that ends in `.part` and is renamed when it is complete and, where a hash is
known, right. Only where one is known is a broken download continued: else nothing could tell that
both halves are of the same file.
"""

import hashlib
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tqdm import tqdm

from cachelab.ports.errors import CachelabError

from .public_traces import PublicTrace, traces_folder
from .trace_files import unpacked

PATIENCE = 30.0
"""Seconds without a byte after which a download is given up."""

CHUNK = 2**16

FIRST_BYTES = {".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ", ".zst": b"\x28\xb5\x2f\xfd"}
"""How a packed file begins, by the end of its name."""


@dataclass(frozen=True, slots=True)
class Download:
    """Where a trace is now, and what is known of its being the right one."""

    path: Path
    checked: str


def download(
    trace: PublicTrace, folder: Path | None = None, address: str | None = None
) -> Download:
    """
    Fetch `trace` into `folder`, from its own address or a copy of the same file at another.

    What is there already is checked again and not fetched. A progress bar shows in a terminal.

    Raises:
        ValueError: the address is none of the web.
        CachelabError: it is fetched by hand, the server cannot be reached or has no such file, the
            download broke off, or the file is not the one that is known.
    """
    folder = folder or traces_folder()
    target, source = trace.path(folder), address or trace.address
    if target is None or source is None:
        raise CachelabError(f"{trace.name} is fetched by hand, from {trace.page}")
    if not source.startswith(("http://", "https://")):
        raise ValueError(f"an address starts with http:// or https://, unlike {source!r}")
    if target.exists():
        return Download(target, _checked(trace, target))
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    if not trace.can_be_checked:
        part.unlink(missing_ok=True)
    if trace.bytes is None or not part.exists() or part.stat().st_size != trace.bytes:
        _fetch(trace, source, part)
    checked = _checked(trace, part, name=target.name)
    part.replace(target)
    return Download(target, checked)


def _fetch(trace: PublicTrace, source: str, part: Path) -> None:
    """Bring the rest of the file into `part`, or all of it where a server starts from the front."""
    have = part.stat().st_size if part.exists() else 0
    with _asked(trace, source, have) as answer:
        goes_on = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        have = have if answer.status == 206 and goes_on else 0
        total = trace.bytes if answer.length is None else have + answer.length
        if total is None and not (answer.chunked or trace.can_be_checked):
            told = "does not say how long it is, so half of it would look like all of it"
            raise CachelabError(f"{trace.name} cannot be fetched safely: {source} {told}")
        bar = tqdm(None, trace.name, total, initial=have, unit="B", unit_scale=True, disable=None)
        with part.open("ab" if have else "wb") as file, bar:
            while chunk := _more(answer):
                file.write(chunk)
                bar.update(len(chunk))
    size = part.stat().st_size
    if chunk is None or (total is not None and size < total):
        told = "goes on from there" if trace.can_be_checked else "starts again"
        known = "" if total is None else f" of {total:,}"
        raise CachelabError(
            f"{trace.name} broke off after {size:,}{known} bytes; the same command {told}"
        )


def _more(answer: HTTPResponse) -> bytes | None:
    """Return what comes next, nothing at the end, and None where the connection broke."""
    try:
        return answer.read(CHUNK)
    except (HTTPException, OSError):
        return None


def _asked(trace: PublicTrace, source: str, have: int) -> HTTPResponse:
    host = urlsplit(source).netloc
    fields = {"User-Agent": "cachelab", "Accept-Encoding": "identity"}
    if have:
        fields["Range"] = f"bytes={have}-"
    try:
        answer: HTTPResponse = urlopen(Request(source, headers=fields), timeout=PATIENCE)
    except HTTPError as error:
        error.close()
        if error.code == 416:  # there is nothing after what is here, so that is no part of it
            return _asked(trace, source, 0)
        told = f"{host} answers {error.code} for {trace.name}; its page is {trace.page}"
        raise CachelabError(told) from error
    except (HTTPException, OSError) as error:
        raise CachelabError(
            f"{trace.name} could not be fetched: no connection to {host} "
            f"({getattr(error, 'reason', error)}); the traces that ship with the course need none"
        ) from error
    return answer


def _checked(trace: PublicTrace, file: Path, name: str | None = None) -> str:
    """Say what is known of a file; refuse one that is not what it should be."""
    name = name or file.name
    if trace.hash is None:
        _refuse_other_content(file, name)
        return f"no hash is known to check it by; its sha256 is {_hash_of(file, 'sha256')}"
    if trace.content_sha256 is None:
        kind = "sha1" if trace.sha256 is None else "sha256"
        _compare(trace, file, _hash_of(file, kind), trace.hash)
        return f"its {kind} is the one that is known"
    try:
        inside = unpacked(file)
    except ValueError as error:
        if "pip install" in str(error):
            return f"not checked, since {str(error).replace(file.name, name)}"
        inside = b""
    _compare(trace, file, hashlib.sha256(inside).hexdigest(), trace.hash)
    return "the sha256 of its content is the one that is known"


def _hash_of(file: Path, kind: str) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, kind).hexdigest()


def _compare(trace: PublicTrace, file: Path, found: str, known: str) -> None:
    if found != known:
        told = f"its hash is {found[:8]}..., not {known[:8]}..."
        raise CachelabError(f"this is not {trace.name} as it is known: {told}; {_left(file)}")


def _refuse_other_content(file: Path, name: str) -> None:
    """Refuse a file that is not packed as its name says, such as a page to log in to a network."""
    first = FIRST_BYTES.get(Path(name).suffix, b"")
    with file.open("rb") as content:
        found = content.read(len(first))
    if found != first:
        told = f"{name} is not packed as its name says, so something else was sent"
        raise CachelabError(f"{told}; {_left(file)}")


def _left(file: Path) -> str:
    """Throw away what has been fetched, but nothing that was here before; say which."""
    if file.suffix != ".part":
        return f"remove {file} to fetch it again"
    file.unlink()
    return "it was thrown away"
