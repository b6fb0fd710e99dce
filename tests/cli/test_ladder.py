import json
from pathlib import Path

from click.testing import CliRunner, Result

from cachelab.cli import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["ladder", *map(str, arguments)])


def test_the_measured_and_the_published_numbers_are_printed_with_their_sources() -> None:
    result = run("--only", "dict,memory_store", "--samples", "20")
    assert result.exit_code == 0
    assert "dict lookup in Python" in result.output
    assert "J. Boner" in result.output
    assert "coordinated omission" in result.output


def test_the_ratios_of_the_older_list_are_computed() -> None:
    output = run("--only", "dict", "--samples", "10").output
    assert "SSD / memory 1,500.0, HDD / SSD 66.7" in output
    assert "data centre / memory 5,000.0" in output


def test_json_has_what_was_measured_and_how() -> None:
    report = json.loads(run("--only", "dict", "--samples", "10", "--json").output)
    (rung,) = report["measured"]
    assert rung["samples"] == 10
    assert 0 < rung["seconds"] <= rung["p99"]
    assert report["resolution"] > 0


def test_the_ladder_is_drawn_into_a_file(tmp_path: Path) -> None:
    plot = tmp_path / "ladder.svg"
    assert run("--only", "dict", "--samples", "10", "--plot", plot).exit_code == 0
    assert "<svg" in plot.read_text("utf-8")


def test_what_cannot_be_measured_is_said() -> None:
    result = CliRunner().invoke(
        main,
        ["ladder", "--only", "server_unix", "--samples", "10"],
        env={"CACHELAB_SERVER": "/no/such/program"},
    )
    assert result.exit_code == 0
    assert "cache server GET, unix socket: not measured" in result.output


def test_an_unknown_rung_is_one_sentence_and_status_2() -> None:
    result = run("--only", "tape")
    assert result.exit_code == 2
    assert "unknown rung 'tape'" in result.output


def test_too_few_samples_are_one_sentence_and_status_2() -> None:
    result = run("--only", "dict", "--samples", "3")
    assert result.exit_code == 2
    assert "at least 10" in result.output
