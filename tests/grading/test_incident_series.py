"""The solution of exercise 14, made for drawn incidents, on those that the lab plays for real."""

from pathlib import Path

import pytest

from cachelab.lab.stories.incidents import Reading, record_incident

SOLUTION = Path(__file__).parents[1] / "mutants/ex14/right/notebook.py"
NAMES = {
    "one key is hot": "hot key",
    "a scan evicts the popular": "scan",
    "the database is slow": "slow database",
    "a probe reads one key": "probe",
}


@pytest.mark.slow
@pytest.mark.parametrize("cause", NAMES)
def test_the_solution_names_what_happened_to_the_real_shop(cause):
    space: dict = {}
    exec(SOLUTION.read_text("utf-8"), space)
    names = list(Reading.__dataclass_fields__)
    readings = record_incident(cause, seed=1).readings
    series = [{name: one.value(name) for name in names} for one in readings]
    assert space["diagnose"](series) == NAMES[cause]
