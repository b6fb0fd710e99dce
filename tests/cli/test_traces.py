import gzip
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cachelab.cli import main
from cachelab.lab import read_trace, sample_trace
from cachelab.lab.public_traces import public_traces
from cachelab.lab.recording import RECORDERS
from cachelab.lab.recording.identifiers import record_identifiers
from cachelab.lab.samples import SAMPLES, sample_card
from tests.lab.fetching.server import Shelf, serving

A_DAY = gzip.compress(b"0\t8134\t5210\t0.001\n1\t9\t100\t0.001\n")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["traces", *map(str, arguments)])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_list_has_every_trace_that_ships_and_every_published_one() -> None:
    first = [line.split()[0] for line in run().output.splitlines() if line[:1].strip()]
    assert {*SAMPLES, *public_traces()} <= set(first)


def test_the_list_has_requests_objects_and_bytes_of_what_ships() -> None:
    lines = [line.split() for line in run().output.splitlines()]
    assert ["storefront", "120,000", "5,383", "73,332"] in [line[:4] for line in lines]


def test_the_list_as_json_has_addresses_and_hashes() -> None:
    report = json.loads(run("--json").output)
    (loop,) = (trace for trace in report["published"] if trace["name"] == "loop")
    assert loop["address"] == public_traces()["loop"].address
    assert loop["sha256"] == public_traces()["loop"].sha256


@pytest.mark.parametrize("name", SAMPLES)
def test_a_trace_that_ships_is_shown_by_its_card(name: str) -> None:
    assert sample_card(name) in run("show", name).output


def test_where_a_trace_that_ships_is_can_be_read_off() -> None:
    path = run("show", "helpdesk").output.rpartition("It is here: ")[2].strip()
    assert len(read_trace(path)) == len(sample_trace("helpdesk"))


def test_what_is_not_known_of_a_published_trace_is_said_to_be_so() -> None:
    lines = dict(line.split(maxsplit=1) for line in run("show", "msr_hm_0").output.splitlines())
    assert (lines["bytes"], lines["hash"], lines["here"]) == ("not known", "not known", "no")


def test_it_is_said_who_names_an_address_and_who_states_a_hash() -> None:
    shown = run("show", "financial1").output
    assert "named by others, who fetch it from there" in shown
    assert "cache2k's benchmark states the sha1" in shown


def test_a_trace_is_fetched_from_a_copy_in_the_classroom(home: Path) -> None:
    with serving(Shelf(A_DAY)) as shelf:
        result = run("get", "wikimedia_text_00", "--from", shelf.address)
    path = home / "traces" / "cache-t-00.gz"
    assert result.output.startswith(f"{path}\nno hash is known to check it by; its sha256 is ")
    assert list(read_trace(path)) == ["8134", "9"]


def test_a_trace_that_was_fetched_is_listed_as_here(home: Path) -> None:
    with serving(Shelf(A_DAY)) as shelf:
        run("get", "wikimedia_text_00", "--from", shelf.address)
    shown = run("show", "wikimedia_text_00").output
    assert "is here" in run().output
    assert shown.splitlines()[-1].split(maxsplit=1)[1].startswith(str(home))


def test_a_file_that_is_not_the_known_one_leaves_nothing_behind(home: Path) -> None:
    with serving(Shelf(b"1\n2\n3\n")) as shelf:
        result = run("get", "loop", "--from", shelf.address)
    assert result.exit_code == 2
    assert "this is not loop as it is known" in result.output
    assert list((home / "traces").iterdir()) == []


def test_what_ships_need_not_be_fetched() -> None:
    assert run("get", "shop").output.startswith("shop ships with the course: ")


def test_a_recording_says_whether_it_is_the_same_as_what_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "one.py"
    source.write_text("one = two = one\n", encoding="utf-8")
    monkeypatch.setitem(RECORDERS, "identifiers", lambda: record_identifiers([source]))
    result = run("record", "identifiers", "--to", tmp_path / "names.trace.xz")
    assert "3 requests, 2 objects\nnot the same requests as those that ship" in result.output
    assert list(read_trace(tmp_path / "names.trace.xz")) == [0, 1, 0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "shopp"], "unknown trace 'shopp'; known are shop, helpdesk"),
        (["get", "shopp"], "unknown trace 'shopp'; known are shop, helpdesk"),
        (["get", "msr_cambridge"], "msr_cambridge is fetched by hand, from https://iotta"),
        (["get", "loop", "--from", "loop.gz"], "an address starts with http:// or https://"),
        (["record", "shopp", "--to", "x.trace"], "unknown sample 'shopp'; there is shop"),
        (["record", "shop", "--to", "x.lis"], "x.lis must end in .csv, .trace"),
        (["record", "storefront", "--to", "x.trace.xz"], "would lose the sizes: name it x.csv.xz"),
        (["record", "shop", "--to", "no/such/x.trace"], "there is no such folder"),
        (["lost"], "No such command 'lost'"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_without_a_network_one_sentence_says_so() -> None:
    with serving(Shelf(b"")) as shelf:
        gone = shelf.address
    result = run("get", "loop", "--from", gone)
    assert result.exit_code == 2
    assert "loop could not be fetched: no connection to 127.0.0.1" in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_without_apsw_a_recording_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apsw", None)
    result = run("record", "shop", "--to", tmp_path / "shop.trace.xz")
    assert result.exit_code == 2
    assert "pip install apsw" in result.output
    assert not (tmp_path / "shop.trace.xz").exists()
