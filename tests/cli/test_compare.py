import json

from click.testing import CliRunner, Result

from cachelab.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["compare", "--sim", "--requests", "400", *arguments])


def test_the_table_has_a_row_for_each_strategy() -> None:
    result = run("--strategies", "no_cache,write_behind")
    assert result.exit_code == 0
    assert "400 requests of 8 clients, 90% reads" in result.output
    assert "no_cache " in result.output
    assert "write_behind " in result.output


def test_json_has_every_number() -> None:
    (row,) = json.loads(run("--strategies", "cache_aside", "--json").output)
    assert row["strategy"] == "cache_aside"
    assert 0 < row["hit_ratio"] < 1
    assert row["lost"] == 0


def test_a_mistake_is_one_sentence_and_status_2() -> None:
    result = run("--strategies", "cache_beside")
    assert result.exit_code == 2
    assert "unknown strategy 'cache_beside'" in result.output
    assert len(result.output.strip().splitlines()) == 1
