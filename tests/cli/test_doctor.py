import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cachelab.cli import main
from cachelab.doctor import find_browser
from cachelab.ports import start_server


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CACHELAB_SERVER", "CACHELAB_SANDBOX", "CACHELAB_CHROMIUM"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments], terminal_width=100)


def findings() -> dict[str, dict[str, Any]]:
    rows = json.loads(run("--json").output)["findings"]
    return {row["name"]: row for row in rows}


def test_the_table_has_a_row_for_everything_the_course_uses() -> None:
    result = run()
    assert result.exit_code == 0
    for name in ("Python", "cache server", "database", "jupyterlab", "sandbox", "browser"):
        assert name in result.output


def test_json_says_the_same_as_the_exit_status() -> None:
    result = run("--json")
    assert json.loads(result.output)["ok"] is (result.exit_code == 0)


def test_a_server_is_started_to_learn_its_version() -> None:
    with start_server() as server:
        expected = f"{server.kind} {server.version}, started and answered"
    assert findings()["cache server"]["found"] == expected


def test_without_a_server_the_exit_status_is_1_and_the_row_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CACHELAB_SERVER", "no-such-program")
    result = run("--json")
    assert result.exit_code == 1
    (row,) = (
        row for row in json.loads(result.output)["findings"] if not row["ok"] and row["needed"]
    )
    assert row["name"] == "cache server"
    assert "CACHELAB_SERVER" in row["advice"]


def test_the_password_of_a_server_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with start_server(port=0) as server, server.client() as client:
        client.config_set("requirepass", "open-sesame")
        monkeypatch.setenv("CACHELAB_SERVER", f"redis://:open-sesame@127.0.0.1:{server.port}")
        row = findings()["cache server"]
    assert row["ok"]
    assert row["found"].endswith(f"answers at redis://127.0.0.1:{server.port}")


def test_the_password_of_a_server_that_does_not_answer_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CACHELAB_SERVER", "redis://:open-sesame@127.0.0.1:1")
    result = run("--json")
    assert result.exit_code == 1
    assert "open-sesame" not in result.output


def test_the_sandbox_row_names_the_level_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHELAB_SANDBOX", "process")
    row = findings()["sandbox"]
    assert (row["found"], row["ok"], row["needed"]) == ("level process", True, False)


def test_what_only_some_need_does_not_change_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("--json")
    missing = [row for row in json.loads(result.output)["findings"] if not row["ok"]]
    assert {row["name"] for row in missing} == {"browser", "memcached"}
    assert all(row["advice"] for row in missing)
    assert result.exit_code == 0


def test_a_browser_is_found_under_any_of_its_names_on_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chrome = tmp_path / "google-chrome"
    chrome.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == chrome


def test_the_browser_that_the_environment_names_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chrome = tmp_path / "my-chrome"
    chrome.touch(0o755)
    monkeypatch.setenv("CACHELAB_CHROMIUM", str(chrome))
    assert find_browser() == chrome
