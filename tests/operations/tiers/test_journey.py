"""A request through five layers: who answers, why, what it costs, and whose page it is."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.eviction import LRU
from cachelab.operations.tiers import LAYERS, BufferPool, Costs, FiveLayers, Journey
from cachelab.ports import MISSING, MemorySource

FRESH = {"Cache-Control": "max-age=60"}


def outcomes(journey: Journey) -> dict[str, str]:
    return {step.layer: step.outcome for step in journey.steps}


@pytest.fixture
def site() -> FiveLayers:
    site = FiveLayers()
    site.publish("/news", "hello", FRESH)
    return site


def test_the_first_visit_goes_all_the_way_and_costs_the_sum(site: FiveLayers) -> None:
    journey, costs = site.visit("ada", "/news"), Costs()
    assert outcomes(journey) == dict.fromkeys(LAYERS, "miss")
    assert journey.seconds == pytest.approx(
        costs.browser
        + costs.cdn
        + costs.application
        + costs.local
        + costs.shared
        + costs.database
        + costs.disk
    )


def test_the_second_visit_ends_in_the_browser(site: FiveLayers) -> None:
    site.visit("ada", "/news")
    journey = site.visit("ada", "/news")
    assert outcomes(journey) == {"browser": "hit"}
    assert journey.seconds == Costs().browser


def test_another_user_is_served_by_the_cdn(site: FiveLayers) -> None:
    site.visit("ada", "/news")
    assert outcomes(site.visit("bob", "/news")) == {"browser": "miss", "CDN": "hit"}


def test_a_page_kept_nowhere_by_http_is_still_kept_by_the_application() -> None:
    site = FiveLayers()
    site.publish("/stock", "7 left", {"Cache-Control": "no-store"})
    site.visit("ada", "/stock")
    journey = site.visit("ada", "/stock")
    assert outcomes(journey) == {
        "browser": "not allowed",
        "CDN": "not allowed",
        "local": "miss",
        "shared": "hit",
    }
    assert outcomes(site.visit("ada", "/stock"))["local"] == "hit"


def test_a_change_is_seen_by_whoever_made_it_and_by_others_when_their_copies_end(
    site: FiveLayers,
) -> None:
    for user in ("ada", "bob"):
        site.visit(user, "/news")
    site.visit("ada", "/news", method="POST", body=b"news")
    assert site.visit("ada", "/news").response.body == b"news"
    assert site.visit("bob", "/news").response.body == b"hello"
    site.wait(60)
    assert site.visit("bob", "/news").response.body == b"news"


def test_a_change_behind_the_caches_back_takes_all_their_lives(site: FiveLayers) -> None:
    site.visit("ada", "/news")
    site.publish("/news", "changed", FRESH)
    site.wait(59)
    assert site.visit("bob", "/news").response.body == b"hello"
    site.wait(61)
    assert site.visit("bob", "/news").response.body == b"changed"


def test_a_stale_page_that_may_wait_is_confirmed_afterwards() -> None:
    site = FiveLayers()
    site.publish("/", "hello", {"Cache-Control": "max-age=60, stale-while-revalidate=600"})
    site.visit("ada", "/")
    site.wait(70)
    journey = site.visit("ada", "/")
    assert (outcomes(journey), journey.seconds) == ({"browser": "stale"}, Costs().browser)
    assert [step.layer for step in journey.afterwards] == list(LAYERS)
    # The CDN, asked in the background, sent its own stale copy too: it takes a second round.
    assert outcomes(site.visit("ada", "/")) == {"browser": "stale"}
    assert outcomes(site.visit("ada", "/")) == {"browser": "hit"}


def test_a_page_that_did_not_change_is_confirmed_layer_by_layer(site: FiveLayers) -> None:
    site.visit("ada", "/news")
    site.wait(61)
    journey = site.visit("ada", "/news")
    assert outcomes(journey)["browser"] == outcomes(journey)["CDN"] == "revalidated"


def test_a_neighbour_on_the_same_page_of_the_database_is_in_memory() -> None:
    site = FiveLayers(pool_pages=1)
    paths = [f"/{number}" for number in range(200)]
    page = site.pool.page_of("/0")
    near = next(path for path in paths[1:] if site.pool.page_of(path) == page)
    far = next(path for path in paths if site.pool.page_of(path) != page)
    found = [outcomes(site.visit("ada", path))["database"] for path in ("/0", near, far, "/0")]
    assert found == ["miss", "hit", "miss", "miss"]


def test_a_personal_page_is_not_allowed_in_the_cdn() -> None:
    site = FiveLayers()
    site.publish("/me", "hi", {"Cache-Control": "private, max-age=60"}, personal=True)
    step = site.visit("ada", "/me").steps[1]
    assert (step.layer, step.outcome, step.may_keep) == ("CDN", "not allowed", False)
    assert step.why == "private: for one user only, and this cache serves many"
    assert outcomes(site.visit("ada", "/me")) == {"browser": "hit"}


VISITS = st.lists(
    st.tuples(st.sampled_from(["ada", "bob", "eve"]), st.integers(0, 40)), max_size=10
)


@settings(max_examples=40)
@given(VISITS, st.sampled_from(["", "private", "max-age=30", "private, max-age=30", "no-cache"]))
def test_nobody_sees_anothers_page_whatever_the_site_forgot(
    visits: list[tuple[str, int]], cache_control: str
) -> None:
    site = FiveLayers()
    site.publish("/me", "hi", {"Cache-Control": cache_control}, personal=True)
    for user, pause in visits:
        assert site.visit(user, "/me").response.body == f"hi (user={user})".encode()
        site.wait(pause)


@settings(max_examples=40)
@given(VISITS)
def test_each_journey_is_a_way_from_the_browser_inwards(visits: list[tuple[str, int]]) -> None:
    site = FiveLayers()
    site.publish("/news", "hello", FRESH)
    for user, pause in visits:
        journey = site.visit(user, "/news")
        names = [step.layer for step in journey.steps]
        assert names == list(LAYERS[: len(names)])
        assert journey.seconds == pytest.approx(sum(step.seconds for step in journey.steps))
        assert journey.answered_by == names[-1]
        site.wait(pause)


def test_a_journey_is_plain_data_for_a_view(site: FiveLayers) -> None:
    journey = site.visit("ada", "/news")
    assert json.loads(json.dumps(journey.as_dict())) == journey.as_dict()
    assert journey.as_dict()["steps"][0]["why"] == "nothing stored for this URL"


def test_a_page_that_is_not_there_is_a_404(site: FiveLayers) -> None:
    assert site.visit("ada", "/none").response.status == 404
    assert site.visit("ada", "/none", method="POST").response.status == 404


def test_a_journey_prints_as_a_table(site: FiveLayers) -> None:
    site.visit("ada", "/news")
    assert str(site.visit("ada", "/news")).startswith("browser   hit            1.0000 ms  ")


def test_a_table_has_pages() -> None:
    with pytest.raises(ValueError, match="at least 1 page, not 0"):
        BufferPool(MemorySource(), LRU(1), pages=0)
    assert BufferPool(MemorySource(), LRU(1)).read("k") is MISSING
