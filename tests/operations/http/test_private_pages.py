"""User B must not receive the page of user A: what the rules refuse, and what they do not see."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.http import Request
from tests.operations.http.rig import Rig


def page_for(rig: Rig, user: str, header: str) -> str:
    return rig.cache(Request("GET", "/me", {header: f"user={user}"})).body.decode()


def personal(cache_control: str, header: str, layer: str = "shared", **options: object) -> Rig:
    rig = Rig(cache_control, layer, **options)
    rig.origin.body = lambda request: f"page of {request.headers.get(header, 'nobody')}"
    return rig


@pytest.mark.parametrize("cache_control", ["", "max-age=60", "private, max-age=60", "no-store"])
@pytest.mark.parametrize("header", ["Authorization", "Cookie"])
def test_b_gets_the_page_of_b(header: str, cache_control: str) -> None:
    rig = personal(cache_control, header)
    assert page_for(rig, "A", header) == "page of user=A"
    assert page_for(rig, "B", header) == "page of user=B"


def test_an_origin_that_forgets_private_and_knows_users_by_cookie_gives_a_to_b() -> None:
    """The standard alone does not prevent it: this is what `cookies_are_credentials` is for."""
    rig = personal("max-age=60", "Cookie", cookies_are_credentials=False)
    page_for(rig, "A", "Cookie")
    assert page_for(rig, "B", "Cookie") == "page of user=A"


def test_an_origin_that_says_public_means_it() -> None:
    rig = personal("public, max-age=60", "Authorization")
    page_for(rig, "A", "Authorization")
    assert page_for(rig, "B", "Authorization") == "page of user=A"


def test_vary_by_cookie_keeps_users_apart_and_each_has_a_copy() -> None:
    rig = personal("max-age=60", "Cookie", headers={"Vary": "Cookie"})
    for _ in range(2):
        assert page_for(rig, "A", "Cookie") == "page of user=A"
        assert page_for(rig, "B", "Cookie") == "page of user=B"
    assert rig.outcomes == ["miss", "miss", "hit", "hit"]


def test_a_page_that_became_private_leaves_the_shared_cache() -> None:
    rig = Rig("max-age=60")
    rig.get("/me")
    rig.origin.headers["Cache-Control"] = "private, max-age=60"
    rig.clock.advance(60)
    rig.get("/me")
    rig.get("/me")
    assert rig.outcomes == ["miss", "revalidated", "miss"]
    assert rig.loads == 3


USERS = st.sampled_from("ABC")
CONTROLS = st.sampled_from(
    ["", "private", "max-age=60", "private, max-age=60", "no-cache", "private, s-maxage=60"]
)


@given(
    st.lists(st.tuples(USERS, st.sampled_from(["Cookie", "Authorization"])), max_size=12),
    CONTROLS,
    st.sampled_from([{}, {"Vary": "Cookie"}, {"Vary": "Accept"}]),
)
def test_nobody_ever_sees_anothers_page(
    visits: list[tuple[str, str]], control: str, headers: Mapping[str, str]
) -> None:
    rig = Rig(control, headers=headers)
    rig.origin.body = lambda request: (
        request.headers.get("cookie") or request.headers.get("authorization") or ""
    )
    for user, header in visits:
        assert page_for(rig, user, header) == f"user={user}"
        rig.clock.advance(7)
