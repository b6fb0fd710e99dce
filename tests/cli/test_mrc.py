import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cachelab.cli import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["mrc", *map(str, arguments)])


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "abc.csv"
    rows = [f"{key},{ord(key)}" for key in "abcabdab" * 4]
    path.write_text("\n".join(["key,size", *rows]), encoding="utf-8")
    return path


def test_the_table_has_the_miss_ratio_of_each_policy_at_each_size(trace: Path) -> None:
    result = run(trace, "--policy", "lru,arc", "--capacity", "2,4")
    lines = [line.split() for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert lines[1] == ["policy", "2", "4"]
    assert [line[0] for line in lines[2:]] == ["lru", "arc"]
    assert [line[-1] for line in lines[2:]] == ["0.1250", "0.1250"]


def test_json_has_lru_at_every_size(trace: Path) -> None:
    (curve,) = json.loads(run(trace, "--json").output)["curves"]
    assert curve["capacities"] == [1, 2, 3, 4]
    assert curve["miss_ratios"][-1] == 4 / 32
    assert curve["sample"] == 1


def test_bytes_are_counted_when_asked_for(trace: Path) -> None:
    result = run(trace, "--bytes", "--capacity", "0.4KiB", "--policy", "lru")
    assert "miss ratio by capacity in bytes" in result.output
    assert "410" in result.output


def test_a_sample_says_from_where_it_counts() -> None:
    shop = Path(__file__).parents[2] / "cachelab" / "lab" / "data" / "shop.trace.xz"
    result = run(shop, "--sample", "0.2")
    assert result.exit_code == 0
    assert "nothing can be said below 50 entries" in result.output


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_chart_is_written(trace: Path, tmp_path: Path, ending: str) -> None:
    chart = tmp_path / f"chart.{ending}"
    assert run(trace, "--policy", "all", "--plot", chart).exit_code == 0
    assert chart.stat().st_size > 1_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sample", "2"], "sample must be a share above 0 and up to 1, not 2.0"),
        (["--policy", "aged_lfu", "--bytes"], "aged_lfu can't be played by bytes"),
        (["--capacity", "0"], "capacity must be at least 1 entry, not '0'"),
        (["--capacity", "5 apples", "--bytes"], "capacity '5 apples' is neither"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(
    trace: Path, arguments: list[str], words: str
) -> None:
    result = run(trace, *arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1
