"""
Reading request traces in the formats people publish, compressed or not.

The format is recognised by the name and, where two formats share one, by the content; compression
by the first bytes of the file. A file that is not what it seems gives one sentence with the line.
"""

import bz2
import csv
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .published_formats import PUBLISHED
from .traces import Trace

_ORACLE_RECORD = np.dtype([("time", "<u4"), ("id", "<u8"), ("size", "<u4"), ("next", "<i8")])
_FORMAT_SUFFIXES = {".lis", ".trace", ".csv", ".txt", ".keys", ".bin", ".oracleGeneral", ".spc"}
_MSR_LINE = re.compile(rb"\d+,[^,\n]*,\d+,(Read|Write),\d+,")
_COMPRESSED_SUFFIXES = {".gz", ".xz", ".bz2", ".zst"}


def read_trace(path: str | Path, format: str | None = None) -> Trace:
    """
    Read a request trace from a file; the whole of it is held in memory.

    `format` is one of `FORMATS`, or None to recognise it:

    - `arc` (*.lis): lines `start count ignored number`, count requests each (Megiddo & Modha);
    - `lirs` (*.trace, text): a block number a line, `*` lines are marks (Jiang & Zhang);
    - `cache2k` (*.trace, binary): big-endian 32-bit keys;
    - `oracle` (*.oracleGeneral*): libCacheSim's records of 24 bytes, with sizes;
    - `csv`: a header with a column `key`, `id` or `obj_id`, and `size` if there is one;
    - `spc` (*.spc), `msr` (*.csv), `wikimedia` (cache-t-*, cache-u-*), `twitter` (if asked for):
      disks and web caches, see `published_formats`;
    - `keys` (anything else): one key a line, kept as text.

    gzip, bzip2 and xz are unpacked on the way; for Zstandard, Python 3.14 or the package
    `zstandard` is needed.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is empty, damaged, or not in the format.
    """
    path = Path(path)
    content = unpacked(path)
    format = format or _recognise(path, content)
    if format not in FORMATS:
        raise ValueError(f"unknown trace format {format!r}; known are {', '.join(FORMATS)}")
    if not content.strip():
        raise ValueError(f"{path.name} is empty: there is no request in it")
    try:
        return FORMATS[format](content, _plain_name(path))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not a text file, so not a {format!r} trace") from error


def unpacked(path: Path) -> bytes:
    """
    Return the content of a file, unpacked if its first bytes say that it is packed.

    Raises:
        ValueError: it is damaged, or nothing is installed that unpacks it.
    """
    raw = path.read_bytes()
    try:
        if raw.startswith(b"\x1f\x8b"):
            return gzip.decompress(raw)
        if raw.startswith(b"\xfd7zXZ\x00"):
            return lzma.decompress(raw)
        if raw.startswith(b"BZh"):
            return bz2.decompress(raw)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"{path.name} is damaged: it can't be unpacked ({error})") from error
    if raw.startswith(b"\x28\xb5\x2f\xfd"):
        return _unpack_zstandard(path, raw)
    return raw


def _unpack_zstandard(path: Path, raw: bytes) -> bytes:
    try:
        decompress, broken = _zstandard()
    except ImportError:
        raise ValueError(
            f"{path.name} is packed with Zstandard: `pip install zstandard` or unpack it first"
        ) from None
    try:
        return decompress(raw)
    except broken as error:
        raise ValueError(f"{path.name} is damaged: it can't be unpacked ({error})") from error


def _zstandard() -> tuple[Callable[[bytes], bytes], type[Exception]]:
    """Return what unpacks Zstandard, frame after frame, and what it raises."""
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]

        return zstd.decompress, zstd.ZstdError
    except ImportError:
        import zstandard  # type: ignore[import-not-found, unused-ignore]

    def decompress(raw: bytes) -> bytes:
        reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        content: bytes = reader.read()
        return content

    return decompress, zstandard.ZstdError


def _recognise(path: Path, content: bytes) -> str:
    name = path.name.lower()
    suffixes = [s for s in Path(name).suffixes if s not in _COMPRESSED_SUFFIXES]
    if "oraclegeneral" in name:
        return "oracle"
    if name.startswith(("cache-t-", "cache-u-")):
        return "wikimedia"
    match suffixes[-1:]:
        case [".lis"]:
            return "arc"
        case [".spc"]:
            return "spc"
        case [".csv"]:
            return "msr" if _MSR_LINE.match(content) else "csv"
        case [".trace"]:
            return "lirs" if _looks_like_numbers(content[:4096]) else "cache2k"
    return "keys"


def _looks_like_numbers(start: bytes) -> bool:
    return not start.translate(None, b"0123456789* \t\r\n")


def _plain_name(path: Path) -> str:
    while path.suffix in _COMPRESSED_SUFFIXES | _FORMAT_SUFFIXES:
        path = path.with_suffix("")
    return path.name


def _read_arc(content: bytes, name: str) -> Trace:
    lines = [line for line in content.splitlines() if line.strip()]
    try:
        table = np.array(b" ".join(lines).split(), dtype=np.int64).reshape(len(lines), 4)
    except (ValueError, OverflowError):
        raise _bad_line(content, name, columns=4, expected="four whole numbers") from None
    start, count = table[:, 0], table[:, 1]
    if (count < 1).any():
        line = int(np.argmax(count < 1))
        raise ValueError(f"{name}, line {line + 1}: a count of {count[line]} requests")
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Trace(np.repeat(start, count) + offset, name)


def _read_lirs(content: bytes, name: str) -> Trace:
    lines = [line for line in map(bytes.strip, content.splitlines()) if line not in (b"", b"*")]
    try:
        return Trace(np.array(lines, dtype=np.int64), name)
    except (ValueError, OverflowError):
        raise _bad_line(content, name, columns=1, expected="one block number") from None


def _read_cache2k(content: bytes, name: str) -> Trace:
    if len(content) % 4:
        raise ValueError(f"{name} has {len(content)} bytes: not a whole number of 32-bit keys")
    return Trace(np.frombuffer(content, dtype=">i4").astype(np.int64), name)


def _read_oracle(content: bytes, name: str) -> Trace:
    if len(content) % _ORACLE_RECORD.itemsize:
        raise ValueError(f"{name} has {len(content)} bytes: not a whole number of 24-byte records")
    table = np.frombuffer(content, dtype=_ORACLE_RECORD)
    return Trace(table["id"].astype(np.int64), name, table["size"].astype(np.int64))


def _read_csv(content: bytes, name: str) -> Trace:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    columns = [column.strip().lower() for column in rows.fieldnames or []]
    rows.fieldnames = columns
    key = next((column for column in ("key", "id", "obj_id") if column in columns), None)
    if key is None:
        raise ValueError(f"{name}: the header needs a column key, id or obj_id, not {columns}")
    keys: list[str] = []
    sizes: list[int] = []
    for row in rows:
        keys.append((row[key] or "").strip())
        if "size" in columns:
            sizes.append(_size(row["size"], f"{name}, line {rows.line_num}"))
    return Trace(_as_ids(keys), name, np.array(sizes, dtype=np.int64) if sizes else None)


def _size(text: str | None, where: str) -> int:
    if text is None or not text.strip().isdecimal():
        raise ValueError(f"{where}: {text!r} is not a size in bytes")
    return int(text)


def _read_keys(content: bytes, name: str) -> Trace:
    lines = content.decode("utf-8-sig").splitlines()
    return Trace(_as_ids([line.strip() for line in lines if line.strip()]), name)


def _as_ids(keys: list[str]) -> "np.typing.NDArray[np.int64] | list[str]":
    """Turn keys that are all plain whole numbers into an array, an eighth of the memory."""
    if not all(key.isdecimal() and str(int(key)) == key and len(key) < 19 for key in keys):
        return keys
    return np.array([int(key) for key in keys], dtype=np.int64)


def _bad_line(content: bytes, name: str, *, columns: int, expected: str) -> ValueError:
    for number, line in enumerate(content.splitlines(), start=1):
        words = line.split()
        if not words or (columns == 1 and words == [b"*"]):
            continue
        if len(words) != columns or not all(word.lstrip(b"-").isdigit() for word in words):
            shown = line[:40].decode("utf-8", "replace")
            return ValueError(f"{name}, line {number}: expected {expected}, got {shown!r}")
    return ValueError(f"{name} does not hold {expected} a line")


FORMATS: dict[str, Callable[[bytes, str], Trace]] = {
    "arc": _read_arc,
    "lirs": _read_lirs,
    "cache2k": _read_cache2k,
    "oracle": _read_oracle,
    "csv": _read_csv,
    "keys": _read_keys,
    **PUBLISHED,
}
