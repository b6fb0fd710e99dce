"""
Formats in which companies and archives publish traces: a line for each request, no header.

Reads and writes are both requests here, and an object is what starts at an address: a block by disk
and offset, a page by the hash of its path. Each line has a size.
"""

from collections.abc import Callable

import numpy as np

from .traces import Trace

Parts = tuple[str, int]
"""An object's key and the size of this request for it, in bytes."""


def read_spc(content: bytes, name: str) -> Trace:
    """
    Read the Storage Performance Council's format: unit, block, bytes, operation, seconds.

    Source: SPC Trace File Format Specification, revision 1.0.1; the UMass Trace Repository.

    >>> read_spc(b"0,20941264,8192,W,0.551706\\n1,7,512,r,0.6\\n", "t").sizes.tolist()
    [8192, 512]
    """

    def parts(line: str) -> Parts:
        unit, block, size, _ = line.split(",", 3)
        return f"{int(unit)}:{int(block)}", int(size)

    return _read(content, name, parts, "unit, block, bytes, operation, seconds")


def read_msr(content: bytes, name: str) -> Trace:
    """
    Read the format of the MSR Cambridge traces: time, host, disk, type, offset, bytes, duration.

    Source: README of trace 388 of the SNIA IOTTA repository (Narayanan et al., FAST 2008).

    >>> list(read_msr(b"128166372003061629,hm,1,Read,383496192,32768,413\\n", "t"))
    ['hm.1:383496192']
    """

    def parts(line: str) -> Parts:
        _, host, disk, _, offset, size, _ = line.split(",")
        return f"{host}.{int(disk)}:{int(offset)}", int(size)

    return _read(content, name, parts, "time, host, disk, type, offset, bytes, duration")


def read_twitter(content: bytes, name: str) -> Trace:
    """
    Read Twitter's format: time, key, key's bytes, value's bytes, client, operation, TTL.

    A size is that of key and value together; that of a value which was not found is 0.

    Source: README of github.com/twitter/cache-trace (Yang et al., OSDI 2020).

    >>> read_twitter(b"0,nz:u:eeW511W3dcH3de3d15ec,22,304,28,get,0\\n", "t").sizes.tolist()
    [326]
    """

    def parts(line: str) -> Parts:
        start, key_size, value_size, *_ = line.rsplit(",", 5)
        return start.split(",", 1)[1], int(key_size) + int(value_size)

    return _read(content, name, parts, "time, key, two sizes, client, operation, TTL")


def read_wikimedia(content: bytes, name: str) -> Trace:
    """
    Read Wikimedia's caching data of 2019: time, hash, for pictures their type, bytes, seconds.

    Source: wikitech.wikimedia.org, Data Platform/Data Lake/Traffic/Caching.

    >>> list(read_wikimedia(b"0\\t8134\\tjpeg\\t5210\\t0.001\\n", "t"))
    ['8134']
    """

    def parts(line: str) -> Parts:
        _, key, *_, size, _ = line.split("\t")
        return key, int(size)

    header, _, rest = content.partition(b"\n")
    rows = rest if header.startswith(b"relative_unix") else content
    return _read(rows, name, parts, "time, hash, type, bytes and seconds with tabs between them")


def _read(content: bytes, name: str, parts: Callable[[str], Parts], expected: str) -> Trace:
    keys: list[str] = []
    sizes: list[int] = []
    for number, line in enumerate(content.decode().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            key, size = parts(line)
        except (ValueError, IndexError):
            raise ValueError(
                f"{name}, line {number}: expected {expected}, got {line[:40]!r}"
            ) from None
        keys.append(key)
        sizes.append(size)
    return Trace(keys, name, np.array(sizes, dtype=np.int64))


PUBLISHED: dict[str, Callable[[bytes, str], Trace]] = {
    "spc": read_spc,
    "msr": read_msr,
    "twitter": read_twitter,
    "wikimedia": read_wikimedia,
}
