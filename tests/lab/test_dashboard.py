"""The dashboard: a picture of metrics, sent in the background until it is stopped."""

import re
import xml.etree.ElementTree as ET

import pytest

from cachelab.lab.dashboard_scenes import RIGHT, dashboard_scene, dashboard_table
from cachelab.lab.widgets.dashboard import Dashboard
from cachelab.operations.metrics import CacheMetrics
from cachelab.ports import ManualClock, MemoryStore, SimRuntime


@pytest.fixture
def metrics() -> CacheMetrics:
    """A minute in which half of the lookups hit, and after it a second in which all do."""
    clock = ManualClock()
    metrics = CacheMetrics(clock)
    store = metrics.watch(MemoryStore(clock))
    store.set("user:1", "Ada")
    for _ in range(60):
        clock.advance(1)
        store.get("user:1")
        store.get("user:2")
    clock.advance(1)
    store.get("user:1")
    return metrics


def test_the_picture_is_well_formed_and_says_the_latest_window(metrics: CacheMetrics) -> None:
    scene = dashboard_scene(metrics.windows(1, 60))
    ET.fromstring(f"<g>{scene.svg}</g>")
    assert scene.say.startswith("Hit ratio 1.000, ")


def test_the_table_has_the_same_numbers(metrics: CacheMetrics) -> None:
    rows = dict(dashboard_table(metrics.window(1)))
    assert (rows["hit ratio"], rows["failures"]) == ("1.000", "0")


def test_the_mark_of_a_curve_is_where_it_is_now(metrics: CacheMetrics) -> None:
    drawn = dashboard_scene(metrics.windows(1.0, 10)).svg
    marks = re.findall(r'<circle cx="([\d.]+)"', drawn)
    assert marks
    assert set(marks) == {str(RIGHT)}


def test_the_hottest_key_is_named(metrics: CacheMetrics) -> None:
    assert "user:1" in dashboard_scene(metrics.windows(30, 2)).svg


def test_without_any_lookup_there_is_still_a_picture() -> None:
    scene = dashboard_scene(CacheMetrics(ManualClock()).windows(1, 10))
    assert scene.say.startswith("Hit ratio -, 0 lookups a second")


def test_one_window_is_no_course_of_time(metrics: CacheMetrics) -> None:
    with pytest.raises(ValueError, match="two windows or more, not 1"):
        dashboard_scene(metrics.windows(1, 1))


def test_pictures_come_twenty_times_a_second_at_most(metrics: CacheMetrics) -> None:
    with pytest.raises(ValueError, match=r"every 0\.05 s at the soonest, not 0\.01"):
        Dashboard(metrics).watch(every=0.01)


def test_pictures_are_sent_until_the_time_is_over() -> None:
    sim = SimRuntime()
    view = Dashboard(CacheMetrics(sim), runtime=sim)
    sent = []
    view.observe(lambda _: sent.append(sim.now()), "running")
    sim.run(lambda: view.watch(every=0.5, seconds=3) and None)
    assert sent == [0.0, 3.0]
    assert not view.running


def test_the_button_of_the_page_stops_it() -> None:
    sim = SimRuntime()
    view = Dashboard(CacheMetrics(sim), runtime=sim)

    def press() -> None:
        view.watch(every=0.5, seconds=60)
        sim.sleep(2)
        view.wanted = False

    sim.run(press)
    assert (sim.now(), view.running) == (2.0, False)


def test_stop_waits_until_nothing_is_sent_any_more() -> None:
    sim = SimRuntime()
    view = Dashboard(CacheMetrics(sim), runtime=sim)

    def work() -> bool:
        view.watch(every=0.5)
        sim.sleep(1)
        view.stop()
        return view.running

    assert sim.run(work) is False


def test_a_saved_notebook_has_the_picture_and_the_table(metrics: CacheMetrics) -> None:
    data, metadata = Dashboard(metrics)._repr_mimebundle_()
    assert data["text/plain"].splitlines()[0] == "Dashboard(stopped)"
    assert ET.fromstring(data["image/svg+xml"]).get("role") == "img"
    assert metadata["image/svg+xml"]["alt"].startswith("A cache at work: Hit ratio 1.000")
