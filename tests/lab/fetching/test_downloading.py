"""Fetching, from a real server on loopback: whole, broken off, wrong, and without a network."""

import gzip
import hashlib
import lzma
from dataclasses import replace
from pathlib import Path

import pytest

from cachelab.lab.downloading import FIRST_BYTES, download
from cachelab.lab.public_traces import PublicTrace, public_traces, traces_folder
from cachelab.ports import CachelabError

from .server import Shelf, serving

CONTENT = b"".join(b"%d\n" % (number * number % 997) for number in range(40_000))
UNKNOWN = PublicTrace(
    "squares", "squares", "https://example.org/", "https://example.org/squares.trace"
)
KNOWN = replace(UNKNOWN, sha256=hashlib.sha256(CONTENT).hexdigest(), bytes=len(CONTENT))
traces = pytest.mark.parametrize("trace", [UNKNOWN, KNOWN], ids=["unknown", "known"])


def files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()}


@traces
@pytest.mark.parametrize("length", ["known", "chunked"])
def test_a_trace_is_fetched_whole(tmp_path: Path, trace: PublicTrace, length: str) -> None:
    with serving(Shelf(CONTENT, length=length)) as shelf:
        fetched = download(trace, tmp_path, shelf.address)
    assert fetched.path.read_bytes() == CONTENT
    assert files(tmp_path) == {"squares.trace": len(CONTENT)}


def test_its_hash_is_checked_where_it_is_known(tmp_path: Path) -> None:
    with serving(Shelf(CONTENT)) as shelf:
        assert download(KNOWN, tmp_path, shelf.address).checked == (
            "its sha256 is the one that is known"
        )


def test_it_says_so_where_no_hash_is_known(tmp_path: Path) -> None:
    with serving(Shelf(CONTENT)) as shelf:
        checked = download(UNKNOWN, tmp_path, shelf.address).checked
    assert checked == f"no hash is known to check it by; its sha256 is {KNOWN.sha256}"


def test_a_sha1_does_where_no_other_hash_is_known(tmp_path: Path) -> None:
    trace = replace(UNKNOWN, sha1=hashlib.sha1(CONTENT).hexdigest())
    with serving(Shelf(CONTENT)) as shelf:
        assert download(trace, tmp_path, shelf.address).checked == (
            "its sha1 is the one that is known"
        )
    with (
        serving(Shelf(CONTENT[:-1])) as shelf,
        pytest.raises(CachelabError, match="not squares as it is known"),
    ):
        download(trace, tmp_path / "other", shelf.address)


@pytest.mark.parametrize("end", FIRST_BYTES)
def test_a_page_that_is_sent_instead_of_a_packed_file_is_thrown_away(
    tmp_path: Path, end: str
) -> None:
    trace = replace(UNKNOWN, address=f"https://example.org/squares.trace{end}")
    with (
        serving(Shelf(b"<html>Please log in</html>")) as shelf,
        pytest.raises(CachelabError, match=r"squares.* is not packed as its name says"),
    ):
        download(trace, tmp_path, shelf.address)
    assert files(tmp_path) == {}


def test_a_packed_file_is_taken_for_what_it_is_where_no_hash_is_known(tmp_path: Path) -> None:
    trace = replace(UNKNOWN, address="https://example.org/squares.trace.gz")
    with serving(Shelf(gzip.compress(CONTENT))) as shelf:
        assert download(trace, tmp_path, shelf.address).path.name == "squares.trace.gz"


def test_the_hash_of_the_content_is_checked_once_it_is_unpacked(tmp_path: Path) -> None:
    packed = replace(KNOWN, sha256=None, bytes=None, content_sha256=KNOWN.sha256)
    with serving(Shelf(gzip.compress(CONTENT))) as shelf:
        fetched = download(packed, tmp_path, shelf.address)
    assert fetched.checked == "the sha256 of its content is the one that is known"


@traces
@pytest.mark.parametrize("length", ["known", "chunked"])
def test_what_broke_off_does_not_look_complete(
    tmp_path: Path, trace: PublicTrace, length: str
) -> None:
    with (
        serving(Shelf(CONTENT, stop=1_000, length=length)) as shelf,
        pytest.raises(CachelabError, match=r"squares broke off after [\d,]+.* bytes"),
    ):
        download(trace, tmp_path, shelf.address)
    assert "squares.trace" not in files(tmp_path)


def test_what_broke_off_is_continued_where_a_hash_is_known(tmp_path: Path) -> None:
    with serving(Shelf(CONTENT, stop=1_000)) as shelf:
        with pytest.raises(CachelabError, match="goes on from there"):
            download(KNOWN, tmp_path, shelf.address)
        shelf.stop = None
        fetched = download(KNOWN, tmp_path, shelf.address)
    assert shelf.asked == [None, "bytes=1000-"]
    assert fetched.path.read_bytes() == CONTENT


def test_what_broke_off_starts_again_where_no_hash_is_known(tmp_path: Path) -> None:
    with serving(Shelf(CONTENT, stop=1_000)) as shelf:
        with pytest.raises(CachelabError, match="starts again"):
            download(UNKNOWN, tmp_path, shelf.address)
        shelf.stop = None
        fetched = download(UNKNOWN, tmp_path, shelf.address)
    assert shelf.asked == [None, None]
    assert fetched.path.read_bytes() == CONTENT


def test_a_server_that_starts_from_the_front_is_understood(tmp_path: Path) -> None:
    with serving(Shelf(CONTENT, stop=1_000, ranges=False)) as shelf:
        with pytest.raises(CachelabError):
            download(KNOWN, tmp_path, shelf.address)
        shelf.stop = None
        assert download(KNOWN, tmp_path, shelf.address).path.read_bytes() == CONTENT


def test_a_part_that_is_all_of_it_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "squares.trace.part").write_bytes(CONTENT)
    with serving(Shelf(CONTENT)) as shelf:
        download(KNOWN, tmp_path, shelf.address)
    assert shelf.asked == []
    assert files(tmp_path) == {"squares.trace": len(CONTENT)}


def test_a_part_that_is_too_long_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "squares.trace.part").write_bytes(CONTENT + b"1\n")
    with serving(Shelf(CONTENT)) as shelf:
        assert download(KNOWN, tmp_path, shelf.address).path.read_bytes() == CONTENT


def test_a_file_that_is_not_the_known_one_is_thrown_away(tmp_path: Path) -> None:
    with (
        serving(Shelf(CONTENT[::-1])) as shelf,
        pytest.raises(CachelabError, match="this is not squares as it is known"),
    ):
        download(KNOWN, tmp_path, shelf.address)
    assert files(tmp_path) == {}


def test_what_is_here_is_not_asked_for_again(tmp_path: Path) -> None:
    with serving(Shelf(CONTENT)) as shelf:
        download(KNOWN, tmp_path, shelf.address)
        download(KNOWN, tmp_path, shelf.address)
    assert len(shelf.asked) == 1


def test_what_is_here_and_was_changed_is_refused_and_left_to_you(
    tmp_path: Path, closed_port: int
) -> None:
    (tmp_path / "squares.trace").write_bytes(CONTENT[:-2])
    with pytest.raises(CachelabError, match=r"this is not squares .*; remove .*squares.trace to"):
        download(KNOWN, tmp_path, f"http://127.0.0.1:{closed_port}/")
    assert files(tmp_path) == {"squares.trace": len(CONTENT) - 2}


def test_a_file_of_a_length_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with (
        serving(Shelf(CONTENT, length="unknown")) as shelf,
        pytest.raises(CachelabError, match="half of it would look like all of it"),
    ):
        download(UNKNOWN, tmp_path, shelf.address)
    assert files(tmp_path) == {}


def test_a_hash_makes_up_for_a_length_that_nobody_knows(tmp_path: Path) -> None:
    with serving(Shelf(CONTENT, length="unknown")) as shelf:
        assert download(KNOWN, tmp_path, shelf.address).path.read_bytes() == CONTENT


def test_a_server_without_the_file_is_answered_with_the_page(tmp_path: Path) -> None:
    with (
        serving(Shelf(CONTENT, status=404)) as shelf,
        pytest.raises(CachelabError, match=r"answers 404 for squares; its page is https://ex"),
    ):
        download(KNOWN, tmp_path, shelf.address)


def test_without_a_network_one_sentence_says_so(tmp_path: Path, closed_port: int) -> None:
    with pytest.raises(CachelabError, match="squares could not be fetched: no conn") as raised:
        download(KNOWN, tmp_path, f"http://127.0.0.1:{closed_port}/squares.trace")
    assert "\n" not in str(raised.value)
    assert files(tmp_path) == {}


def test_a_trace_without_an_address_is_fetched_by_hand(tmp_path: Path) -> None:
    with pytest.raises(CachelabError, match="squares is fetched by hand, from https://example"):
        download(replace(UNKNOWN, address=None), tmp_path)


def test_an_address_is_one_of_the_web(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="an address starts with http"):
        download(KNOWN, tmp_path, "file:///etc/hostname")


def test_traces_are_kept_in_the_folder_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHELAB_HOME", "somewhere")
    assert traces_folder() == Path("somewhere/traces")


@pytest.mark.parametrize("trace", public_traces().values(), ids=lambda trace: trace.name)
def test_a_published_trace_has_a_page_and_hashes_are_hashes(trace: PublicTrace) -> None:
    hashes = [text for text in (trace.sha256, trace.content_sha256) if text is not None]
    assert trace.page.startswith("https://")
    assert all(len(text) == 64 and set(text) <= set("0123456789abcdef") for text in hashes)


@pytest.mark.parametrize("trace", public_traces().values(), ids=lambda trace: trace.name)
def test_a_published_trace_says_who_names_its_address_and_who_states_the_rest(
    trace: PublicTrace,
) -> None:
    assert (trace.address_by in ("publisher", "others")) == (trace.address is not None)
    assert trace.evidence
    assert trace.sha1 is None or len(trace.sha1) == 40


def test_no_two_published_traces_are_kept_under_one_name() -> None:
    names = [trace.file_name for trace in public_traces().values() if trace.file_name]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("two_pools", "lirs-2_pools.trace.gz"),
        ("loop", "lirs-loop.trace.gz"),
        ("web12", "cache2k-web12.trace.xz"),
    ],
)
def test_a_hash_that_is_known_is_that_of_the_published_file(
    traces_folder: Path, name: str, file: str
) -> None:
    trace, content = public_traces()[name], (traces_folder / file).read_bytes()
    assert (trace.bytes, trace.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("name", "file"),
    [("oltp", "arc-OLTP.lis.xz"), ("cloud_physics_io", "libcachesim-cloudPhysicsIO.oracleGeneral")],
)
def test_a_hash_of_what_is_inside_is_that_of_the_published_content(
    traces_folder: Path, name: str, file: str
) -> None:
    trace = public_traces()[name]
    [path] = traces_folder.glob(f"{file}*")
    assert trace.hash == hashlib.sha256(lzma.decompress(path.read_bytes())).hexdigest()
