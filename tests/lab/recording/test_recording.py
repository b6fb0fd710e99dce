"""Recorders, run again: what they note, and that it is what ships."""

import platform
import sys
from pathlib import Path

import pytest

from cachelab.lab import Trace, sample_trace
from cachelab.lab.recording import RECORDERS, record_trace
from cachelab.lab.recording.identifiers import record_identifiers
from cachelab.lab.recording.sqlite_pages import PAGE, PageReads
from cachelab.lab.recording.storefront import record_storefront
from cachelab.lab.samples import SAMPLES
from cachelab.ports import CachelabError


def test_every_sample_has_a_recorder() -> None:
    assert list(RECORDERS) == list(SAMPLES)


def test_an_unknown_recorder_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="unknown recorder 'shopp'; known are shop, helpdesk"):
        record_trace("shopp")


@pytest.fixture(scope="module")
def again() -> Trace:
    """The first thousand GETs of the storefront, recorded now."""
    return record_storefront(1_000)


def test_the_shop_on_loopback_is_asked_the_same_again(again: Trace) -> None:
    assert list(again) == list(sample_trace("storefront")[:1_000])


def test_the_shop_on_loopback_answers_in_the_same_sizes_again(again: Trace) -> None:
    shipped = sample_trace("storefront").sizes
    assert again.sizes is not None
    assert shipped is not None
    assert again.sizes.tolist() == shipped[:1_000].tolist()


def test_names_are_numbered_by_first_appearance_and_keywords_left_out(tmp_path: Path) -> None:
    source = tmp_path / "twice.py"
    source.write_text("def twice(number):\n    return 2 * number  # number\n", encoding="utf-8")
    assert list(record_identifiers([source, source])) == [0, 1, 1, 0, 1, 1]


@pytest.mark.skipif(
    platform.python_version() != "3.11.7", reason="another Python has another library"
)
def test_the_library_of_the_same_python_gives_the_same_names_again() -> None:
    library = sorted(Path(platform.__file__).parent.glob("*.py"))
    again = record_identifiers(library[:5])
    assert list(again) == list(sample_trace("identifiers")[: len(again)])


def test_only_whole_pages_are_heard_and_only_while_listening() -> None:
    reads = PageReads()
    reads.note(PAGE, 0)
    reads.listening = True
    reads.note(100, 0)
    reads.note(PAGE, 3 * PAGE)
    assert reads.pages == [3]


def test_without_apsw_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apsw", None)
    with pytest.raises(CachelabError, match=r"needs apsw, .*: pip install apsw"):
        record_trace("helpdesk")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["shop", "helpdesk"])
def test_sqlite_reads_the_same_pages_again(name: str) -> None:
    pytest.importorskip("apsw")
    assert list(record_trace(name)) == list(sample_trace(name))
