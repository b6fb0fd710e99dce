import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cachelab.cli import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "abc.txt"
    path.write_text("\n".join("abcabdab" * 4), encoding="utf-8")
    return path


def test_the_table_has_a_row_for_each_policy_and_a_column_for_each_capacity(trace: Path) -> None:
    result = run(trace, "--policy", "lru,lfu", "--capacity", "2,3,50%")
    lines = [line.split() for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert lines[1] == ["policy", "2", "3", "2"]
    assert [line[0] for line in lines[2:]] == ["lru", "lfu"]


def test_the_published_lru_ratios_of_the_oltp_trace_come_out(traces_folder: Path) -> None:
    result = run(
        traces_folder / "arc-OLTP.lis.xz",
        "--policy",
        "lru",
        "--capacity",
        "1000,2000,5000,10000,15000",
    )
    assert "lru    0.3283 0.4247 0.5365 0.6070 0.6463" in result.output


def test_json_has_the_counts(trace: Path) -> None:
    report = json.loads(run(trace, "--policy", "fifo", "--capacity", "4", "--json").output)
    assert report["requests"] == 32
    assert report["results"] == [
        {"policy": "fifo", "capacity": 4, "hits": 28, "misses": 4, "hit_ratio": 0.875}
    ]


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_chart_is_written_in_the_format_of_its_name(
    trace: Path, tmp_path: Path, ending: str
) -> None:
    chart = tmp_path / f"chart.{ending}"
    assert run(trace, "--capacity", "1,2", "--plot", chart).exit_code == 0
    assert chart.stat().st_size > 1_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.lis"], "missing.lis: no such file or directory"),
        (["TRACE", "--policy", "lur"], "unknown policy 'lur'; known are fifo, random, clock"),
        (["TRACE", "--capacity", "0"], "capacity must be at least 1 entry, not '0'"),
        (["TRACE", "--capacity", "big"], "capacity 'big' is neither"),
        (["TRACE", "--capacity", ","], "--capacity names nothing"),
        (["TRACE", "--format", "arc"], "abc, line 1: expected four whole numbers, got 'a'"),
        (["TRACE", "--plot", "chart.doc"], "--plot chart.doc: the name must end in"),
        (["TRACE", "--plot", "no/such/folder/chart.png"], "no such file or directory"),
        ([], "Usage"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(
    trace: Path, arguments: list[str], words: str
) -> None:
    result = run(*[str(trace) if word == "TRACE" else word for word in arguments])
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
    if arguments:
        assert len(result.output.strip().splitlines()) == 1


def test_an_unwritable_chart_is_refused_before_the_simulation(trace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chart.png"
    folder.mkdir()
    result = run(trace, "--plot", folder)
    assert result.exit_code == 2
    assert "is a directory" in result.output
    assert "policy" not in result.output
