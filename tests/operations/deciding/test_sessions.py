import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.deciding import session_ttl
from cachelab.ports import MISSING, ManualClock, MemoryStore

IDLE, ABSOLUTE = 900.0, 28_800.0


@given(gaps=st.lists(st.integers(1, 2_000), min_size=1, max_size=80))
def test_a_session_ends_when_unused_or_at_its_absolute_end_however_it_is_used(
    gaps: list[int],
) -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    store.set("s", "Ada", session_ttl(0, 0, idle=IDLE, absolute=ABSOLUTE))
    used = 0.0
    for gap in gaps:
        clock.advance(gap)
        now = clock.now()
        is_over = now - used >= IDLE or now >= ABSOLUTE
        assert (store.get("s") is MISSING) == is_over
        if is_over:
            return
        used = now
        store.set("s", "Ada", session_ttl(0, now, idle=IDLE, absolute=ABSOLUTE))


@pytest.mark.parametrize(
    "wrong",
    [
        {"now": -1.0},
        {"idle": 0.0},
        {"absolute": -5.0},
        {"idle": float("nan")},
        {"now": float("inf")},
    ],
    ids=str,
)
def test_times_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    times = {"started": 0.0, "now": 1.0, "idle": IDLE, "absolute": ABSOLUTE, **wrong}
    with pytest.raises(ValueError, match="must"):
        session_ttl(**times)  # type: ignore[arg-type]
