import pytest

from cachelab.operations.deciding import SIGNS, Plan, Profile, Sign, warning_signs

PLAN = Plan(capacity=10, break_even=0.3)


def steady() -> Profile:
    """Ten objects, read ten times each, in circles: nothing wrong with it."""
    return Profile(counts=[10] * 10, distances=[10, *[0] * 9, 90], writes=0, kept=90, skew=0.0)


def signs(profile: Profile, plan: Plan = PLAN) -> dict[str, Sign]:
    return {sign.name: sign for sign in warning_signs(profile, plan)}


def there(profile: Profile, plan: Plan = PLAN) -> set[str]:
    return {name for name, sign in signs(profile, plan).items() if sign.is_there}


def test_a_workload_that_a_cache_suits_shows_no_sign() -> None:
    assert there(steady()) == set()


def test_every_sign_is_answered_under_its_own_name() -> None:
    assert list(signs(steady())) == list(SIGNS)


def test_a_size_that_hits_too_little_is_told_of() -> None:
    small = Plan(capacity=9, break_even=0.3)
    assert {"low_hit_ratio", "too_large"} <= there(steady(), small)


def test_a_hit_ratio_of_four_in_ten_is_no_sign_where_misses_are_dear() -> None:
    profile = Profile(counts=[5] * 12, distances=[12, 24, *[0] * 10, 24], writes=0, kept=48, skew=0)
    assert profile.hit_ratio(10) == 0.4
    assert not signs(profile, Plan(capacity=10, break_even=0.02))["low_hit_ratio"].is_there


def test_a_hit_ratio_of_ninety_in_a_hundred_is_a_sign_where_the_origin_is_fast() -> None:
    assert signs(steady(), Plan(capacity=10, break_even=0.95))["low_hit_ratio"].is_there


def test_a_life_of_a_second_is_a_sign_only_where_reads_are_few() -> None:
    busy = Plan(capacity=10, break_even=0.3, ttl=1.0, reads_per_second=1_000)
    idle = Plan(capacity=10, break_even=0.3, ttl=1.0, reads_per_second=1)
    assert not signs(steady(), busy)["short_life"].is_there
    assert signs(steady(), idle)["short_life"].is_there


def test_writes_are_a_sign_when_they_leave_too_few_copies_to_find() -> None:
    written = Profile(counts=[10] * 10, distances=[10, *[0] * 9, 90], writes=150, kept=20, skew=0.0)
    assert signs(written)["mostly_written"].is_there


def test_more_writes_than_reads_are_no_sign_if_reads_still_find_copies() -> None:
    bursts = Profile(counts=[50] * 2, distances=[2, 98], writes=150, kept=90, skew=0.0)
    assert bursts.writes_per_read > 1
    assert not signs(bursts)["mostly_written"].is_there


def test_many_equal_keys_are_a_sign_when_few_of_them_fit() -> None:
    wide = Profile(counts=[2] * 100, distances=[100, *[0] * 99, 100], writes=0, kept=100, skew=0.05)
    assert signs(wide)["uniform"].is_there
    assert not signs(wide, Plan(capacity=90, break_even=0.3))["uniform"].is_there


def test_requests_that_never_come_again_are_a_sign() -> None:
    unique = Profile(counts=[1] * 50, distances=[50], writes=0, kept=0, skew=0.0)
    assert {"never_again", "low_hit_ratio", "too_large"} <= there(unique)
    assert unique.one_hit_share == 1


def test_answers_that_may_not_be_old_are_a_sign() -> None:
    strict = Plan(capacity=10, break_even=0.3, may_be_stale=False)
    assert there(steady(), strict) == {"no_stale_answers"}


def test_private_data_is_a_sign() -> None:
    private = Plan(capacity=10, break_even=0.3, is_sensitive=True)
    assert there(steady(), private) == {"sensitive"}


def test_the_capacity_for_a_hit_ratio_is_the_smallest() -> None:
    assert steady().capacity_for(0.9) == 10
    assert steady().capacity_for(0.91) is None
    assert steady().capacity_for(0) == 0


def test_a_profile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no reads"):
        Profile(counts=[], distances=[], writes=3, kept=0, skew=0.0)


def test_distances_that_are_not_those_of_the_reads_are_refused() -> None:
    with pytest.raises(ValueError, match="3 distances for 2 reads"):
        Profile(counts=[2], distances=[1, 2], writes=0, kept=1, skew=0.0)


@pytest.mark.parametrize(
    "wrong", [{"capacity": 0}, {"break_even": -1.0}, {"ttl": -1.0}, {"reads_per_second": -1.0}]
)
def test_a_plan_with_numbers_that_are_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Plan(**{"capacity": 10, "break_even": 0.3, **wrong})  # type: ignore[arg-type]
