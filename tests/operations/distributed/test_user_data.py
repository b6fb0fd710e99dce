"""The keys of one user: together in a slot, whatever the id, or refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from cachelab.operations.distributed import UserData
from cachelab.ports import MISSING, MemoryStore


@given(st.one_of(st.integers(), st.text(min_size=1)))
def test_the_keys_of_a_user_share_a_slot_or_the_id_is_refused(user_id: str | int) -> None:
    users = UserData(MemoryStore())
    try:
        keys = users.keys(user_id)
    except ValueError:
        assert "{" in str(user_id) or "}" in str(user_id)
        return
    slots = {key_slot(key.encode()) for key in keys}
    assert slots == {key_slot(str(user_id).encode())}


@pytest.mark.parametrize("user_id", ["", "}x", "a{b", "{}"])
def test_an_id_that_would_break_the_hash_tag_is_refused(user_id: str) -> None:
    with pytest.raises(ValueError, match="must not be empty or have a brace"):
        UserData(MemoryStore()).get_user_data(user_id)


@pytest.mark.parametrize("user_id", [None, 1.5, True, b"7"])
def test_an_id_of_another_kind_is_refused(user_id: Any) -> None:
    with pytest.raises(TypeError, match="must be text or a whole number"):
        UserData(MemoryStore()).keys(user_id)


def test_a_part_that_was_never_set_is_missing_and_none_is_a_value() -> None:
    users = UserData(MemoryStore())
    users.set_user_data(7, {"settings": None})
    assert users.get_user_data(7) == {
        "profile": MISSING,
        "settings": None,
        "preferences": MISSING,
    }


def test_a_user_can_be_forgotten_without_others() -> None:
    users = UserData(MemoryStore())
    for user in (1, 2):
        users.set_user_data(user, {"profile": user})
    users.delete_user_data(1)
    assert users.get_user_data(1)["profile"] is MISSING
    assert users.get_user_data(2)["profile"] == 2


def test_an_unknown_part_is_refused() -> None:
    users = UserData(MemoryStore(), parts=["cart"])
    with pytest.raises(ValueError, match="a part must be one of cart, not 'profile'"):
        users.set_user_data(7, {"profile": 1})
