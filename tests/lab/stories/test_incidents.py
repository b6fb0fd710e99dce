"""Six incidents from real code: each leaves its mark on the dashboards, and on no other's."""

from itertools import pairwise

import pytest

from cachelab.lab.stories.incident_pictures import (
    ALERT,
    DIALS,
    PROBES,
    SIZE,
    WHY,
    drill_runs,
    drill_scale,
    points_at,
    shuffled,
)
from cachelab.lab.stories.incidents import CAUSES, SLICES, Incident, record_incident
from cachelab.lab.widgets.incident_drill import IncidentDrill

from .pictures import faults


@pytest.fixture(scope="module")
def incidents() -> dict[str, Incident]:
    return {cause: record_incident(cause, 0) for cause in CAUSES}


def before(incident: Incident, name: str) -> float:
    return max(one.value(name) for one in incident.readings[:ALERT])


def after(incident: Incident, name: str) -> float:
    return max(one.value(name) for one in incident.readings[ALERT:])


def mean(incident: Incident, name: str) -> tuple[float, float]:
    """The mean of a reading before the onset, and when it has taken its effect."""
    values = [one.value(name) for one in incident.readings]
    early, late = values[:ALERT], values[ALERT + 1 :]
    return sum(early) / len(early), sum(late) / len(late)


def test_a_hot_key_has_most_lookups_and_slow_pages_and_a_better_hit_ratio(
    incidents: dict[str, Incident],
) -> None:
    hot = incidents["one key is hot"]
    assert after(hot, "hottest") > 0.5
    assert mean(hot, "p99")[1] > 2 * mean(hot, "p99")[0]
    assert mean(hot, "hit_ratio")[1] > mean(hot, "hit_ratio")[0]


def test_a_probe_lifts_the_hit_ratio_and_nothing_else(incidents: dict[str, Incident]) -> None:
    probe = incidents["a probe reads one key"]
    early, late = mean(probe, "hit_ratio")
    assert late > early + 0.04
    calls = mean(probe, "origin_calls")
    assert calls[1] == pytest.approx(calls[0], rel=0.5)
    assert mean(probe, "p99")[1] < 0.6 * mean(incidents["one key is hot"], "p99")[1]


def test_only_a_scan_evicts(incidents: dict[str, Incident]) -> None:
    evicting = {cause for cause, one in incidents.items() if after(one, "evictions") > 5}
    assert evicting == {"a scan evicts the popular"}


def test_a_mass_expiry_is_one_burst(incidents: dict[str, Incident]) -> None:
    burst = incidents["all copies expire together"]
    rates = [one.expirations for one in burst.readings]
    assert rates[ALERT] == max(rates) > 10
    assert max(rates[:ALERT]) < 1


def test_a_cold_restart_halves_the_entries_without_evicting(incidents: dict[str, Incident]) -> None:
    cold = incidents["the cache restarted cold"]
    entries = [one.entries for one in cold.readings]
    assert entries[ALERT] < 0.6 * entries[ALERT - 1]
    assert after(cold, "evictions") == 0


def test_only_a_slow_database_takes_longer_for_its_own_calls(
    incidents: dict[str, Incident],
) -> None:
    slow = {cause for cause, one in incidents.items() if after(one, "origin_p99") > 0.1}
    assert slow == {"the database is slow"}


def test_before_the_onset_the_incidents_look_alike(incidents: dict[str, Incident]) -> None:
    others = [one for cause, one in incidents.items() if cause != "all copies expire together"]
    assert all(one.readings[:ALERT] == other.readings[:ALERT] for one, other in pairwise(others))


def test_the_same_seed_gives_the_same_incident(incidents: dict[str, Incident]) -> None:
    cause = "the cache restarted cold"
    assert record_incident.__wrapped__(cause) == incidents[cause]


def test_an_unknown_cause_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown cause 'gremlins'"):
        record_incident("gremlins")


def test_every_picture_can_be_read(incidents: dict[str, Incident]) -> None:
    assert faults(drill_runs(list(incidents.values())), SIZE) == []


def test_nothing_but_the_answer_tells_the_cause(incidents: dict[str, Incident]) -> None:
    for run in drill_runs(shuffled(list(incidents.values()), 0)):
        for scene in run.scenes:
            assert not any(cause in scene.say or cause in scene.svg for cause in CAUSES)


def test_the_question_comes_with_the_alert_and_is_worth_less_each_time(
    incidents: dict[str, Incident],
) -> None:
    (run, *_) = drill_runs([incidents["the database is slow"]])
    asked = [scene.ask for scene in run.scenes]
    assert [one is not None for one in asked] == [step >= ALERT for step in range(SLICES)]
    assert [points_at(step) for step in (ALERT, ALERT + 1)] == [100, 88]
    first = asked[ALERT]
    assert first is not None
    assert first.options[first.right[0]] == "the database is slow"


def test_each_cause_has_a_reason_and_the_order_depends_on_the_seed(
    incidents: dict[str, Incident],
) -> None:
    assert set(WHY) == set(CAUSES)
    orders = {tuple(i.cause for i in shuffled(list(incidents.values()), n)) for n in range(4)}
    assert len(orders) > 1


def test_the_drill_opens_at_the_alert(incidents: dict[str, Incident]) -> None:
    view = IncidentDrill()
    assert len(view.runs) == len(incidents) * len(PROBES)
    assert len(DIALS) == 3
    assert "The alert rings." in view.says


def test_small_incidents_are_seen_beside_large_ones(incidents: dict[str, Incident]) -> None:
    scale = drill_scale("p99", list(incidents.values()))
    mild = incidents["all copies expire together"].readings
    heights = [scale.place(one.value("p99")) for one in mild]
    assert max(heights) - min(heights) > 0.1
    assert [round(scale.place(tick), 3) for tick in scale.ticks[:2]] == [0, 0.333]
