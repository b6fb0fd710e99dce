import bz2
import gzip
import lzma
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cachelab.lab import Trace, read_trace

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
}

ORACLE = struct.Struct("<IQIq")


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


FILES = {
    "t.lis": (b"7 3 0 1\n1 1 0 2\n", [7, 8, 9, 1]),
    "t.trace": (b"4\n*\n5\n\n4\n", [4, 5, 4]),
    "b.trace": (struct.pack(">4i", 1, -2, 70000, 1), [1, -2, 70000, 1]),
    "t.oracleGeneral.bin": (ORACLE.pack(0, 9, 512, -1) + ORACLE.pack(1, 8, 64, -1), [9, 8]),
    "t.csv": (b"time,KEY\n0,12\n1,13\n2,12\n", [12, 13, 12]),
    "t.txt": (b"/home\n/cart\n\n/home\n", ["/home", "/cart", "/home"]),
    "n.txt": (b"3\n1\n3\n", [3, 1, 3]),
    "zero.txt": (b"007\n7\n", ["007", "7"]),
    "t.spc": (b"0,20941264,8192,W,0.551706\n1,7,512,r,0.6,x\n", ["0:20941264", "1:7"]),
    "hm_0.csv": (
        b"128166,hm,0,Read,4096,512,413\n128167,hm,0,Write,0,8,9\n",
        ["hm.0:4096", "hm.0:0"],
    ),
    "cache-t-00": (b"relative_unix\thash\tsize\ttime\n0\t81\t52\t0.1\n", ["81"]),
    "cache-u-00": (b"0\t81\tjpeg\t52\t0.1\n1\t7\tpng\t5\t0.1\n", ["81", "7"]),
}


@pytest.mark.parametrize("packed", PACKERS)
@pytest.mark.parametrize("name", FILES)
def test_every_format_is_recognised_and_read_packed_or_not(
    tmp_path: Path, name: str, packed: str
) -> None:
    content, keys = FILES[name]
    assert list(read_trace(write(tmp_path, name + packed, PACKERS[packed](content)))) == keys


def test_the_name_of_a_trace_is_the_file_name_without_its_endings(tmp_path: Path) -> None:
    path = write(tmp_path, "shop.v2.csv.gz", gzip.compress(b"key\n1\n", mtime=0))
    assert read_trace(path).name == "shop.v2"


def test_sizes_come_along_where_the_format_has_them(tmp_path: Path) -> None:
    oracle = read_trace(write(tmp_path, "t.oracleGeneral.bin", FILES["t.oracleGeneral.bin"][0]))
    table = read_trace(write(tmp_path, "t.csv", b"id,size\na,10\nb,20\n"))
    assert oracle.sizes is not None
    assert table.sizes is not None
    assert (oracle.sizes.tolist(), table.sizes.tolist()) == ([512, 64], [10, 20])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.from_regex(r"[^\s,\"]{1,12}", fullmatch=True), min_size=1, max_size=20))
def test_plain_keys_come_back_as_they_were_written(tmp_path: Path, keys: list[str]) -> None:
    path = write(tmp_path, "keys.txt", "\n".join(keys).encode())
    assert [str(key) for key in read_trace(path)] == keys


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.lis", b"1 2 0 1\nfoo 1 0 2\n", "t, line 2: expected four whole numbers, got 'foo 1"),
        ("t.lis", b"1 2 0 1\n5 1\n", "t, line 2: expected four"),
        ("t.lis", b"1 0 0 1\n", "t, line 1: a count of 0"),
        ("t.trace", b"1\n2 3\n", "t, line 2: expected one block number, got '2 3'"),
        ("t.oracleGeneral.bin", b"x" * 25, "25 bytes: not a whole number of 24-byte records"),
        ("b.trace", b"\xff\xfe\xff", "3 bytes: not a whole number of 32-bit keys"),
        ("t.csv", b"time,what\n1,2\n", r"needs a column key, id or obj_id, not \['time', 'what'\]"),
        ("t.csv", b"key,size\na,many\n", "line 2: 'many' is not a size"),
        ("t.spc", b"0,1,512,r,0.1\n0,1,x,r,0.1\n", "t, line 2: expected unit, block, bytes, oper"),
        ("m.csv", b"1,hm,0,Read,4,8,9\n1,hm,0\n", "m, line 2: expected time, host, disk"),
        ("cache-t-00", b"0 81 52 0.1\n", "cache-t-00, line 1: expected time, hash, type"),
        ("t.txt", b"", "t.txt is empty"),
        ("t.csv", b"key\n", "empty"),
        ("t.txt", b"\xff\xfe\x00\x01", "not a text file"),
        ("t.txt.gz", gzip.compress(b"1\n2\n", mtime=0)[:-4], "damaged"),
        ("t.txt.xz", lzma.compress(b"1\n2\n")[:-6], "damaged"),
    ],
)
def test_a_bad_file_is_answered_with_one_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        read_trace(write(tmp_path, name, content))
    assert "\n" not in str(raised.value)


def test_a_comma_in_one_of_twitters_keys_is_part_of_it(tmp_path: Path) -> None:
    path = write(tmp_path, "cluster52", b"0,nz:a,b,6,300,28,get,0\n0,nz:c,4,0,28,get,0\n")
    assert list(read_trace(path, "twitter")) == ["nz:a,b", "nz:c"]


def test_published_formats_have_the_size_of_each_request(tmp_path: Path) -> None:
    read = [read_trace(write(tmp_path, name, FILES[name][0])) for name in ("t.spc", "cache-u-00")]
    assert [None if t.sizes is None else t.sizes.tolist() for t in read] == [[8192, 512], [52, 5]]


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown trace format 'arcs'; known are arc, lirs"):
        read_trace(write(tmp_path, "t.txt", b"1\n"), format="arcs")


def test_a_missing_file_is_a_file_not_found_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_trace(tmp_path / "nothing.lis")


@pytest.mark.parametrize(
    ("name", "requests", "objects"),
    [
        ("arc-OLTP", 914_145, 186_880),
        ("lirs-2_pools", 100_000, 9_939),
        ("lirs-loop", 505_500, 1_011),
        ("cache2k-web12", 95_607, 13_756),
        ("libcachesim-cloudPhysicsIO", 113_872, 48_974),
    ],
)
def test_a_published_trace_has_the_published_size(
    published_trace: Callable[[str], Trace], name: str, requests: int, objects: int
) -> None:
    trace = published_trace(name)
    assert (len(trace), trace.objects) == (requests, objects)
