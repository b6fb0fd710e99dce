"""Keys on slots: where they go, what a tag does to them, and a live cluster that is followed."""

from dataclasses import dataclass, field

import pytest

from cachelab.hashing import hash_slot
from cachelab.lab.stories.slots import (
    DEFAULT,
    MOST,
    SIZE,
    TAGGED,
    even_owners,
    keys_in,
    slot_runs,
    slotted,
    tagged,
)
from cachelab.lab.widgets.slot_map import SlotMap, owners_of
from cachelab.ports import ServerUnavailable, start_cluster
from cachelab.ports.cluster_members import Member

from .pictures import faults, texts


@dataclass
class Two:
    """A cluster of two masters and a replica, which can be changed by hand."""

    border: int = 8_000
    is_down: bool = False
    looks: list[int] = field(default_factory=list)

    def members(self) -> list[Member]:
        self.looks.append(self.border)
        if self.is_down:
            raise ServerUnavailable("nobody answers")
        return [
            Member(7001, "master", ((0, self.border - 1),)),
            Member(7002, "master", ((self.border, 16_383),)),
            Member(7003, "replica"),
        ]


def test_a_key_goes_to_the_owner_of_its_slot() -> None:
    (one,) = slotted(["foo"], even_owners(3))
    assert (one.slot, one.node, one.tag) == (hash_slot("foo"), "C", "foo")


def test_a_slot_that_nobody_has_is_shown_as_such() -> None:
    assert slotted(["foo"], {"A": [(0, 10)]})[0].node == "-"


def test_a_tag_of_the_user_brings_a_users_keys_together() -> None:
    keys = [tagged(key, TAGGED[1]) for key in ("user:1:name", "user:1:cart", "user:2:name")]
    slots = [one.slot for one in slotted(keys, even_owners(3))]
    assert slots[0] == slots[1] != slots[2]


def test_one_tag_for_all_puts_everything_on_one_node() -> None:
    run = slot_runs(DEFAULT)[-1]
    assert "100%" in run.scenes[0].say
    assert "on 1 slot:" in run.scenes[0].say


@pytest.mark.parametrize("way", TAGGED)
def test_a_key_that_has_a_tag_keeps_it(way: str) -> None:
    assert tagged("a{b}c", way) == "a{b}c"


def test_what_is_typed_is_cut_to_a_dozen_keys() -> None:
    assert len(keys_in(" ".join(map(str, range(50))))) == MOST
    assert keys_in("  ,\t") == []


@pytest.mark.parametrize("typed", [DEFAULT, "", "a", "{} {}a a{}b " + "x" * 90, '<b> & "quotes"'])
def test_every_picture_can_be_read(typed: str) -> None:
    assert faults(slot_runs(typed), SIZE) == []


def test_typing_changes_the_pictures_in_one_message() -> None:
    view = SlotMap("a b")
    sent = list[object]()
    view.observe(sent.append, "runs")
    view.typed = "c d e"
    assert len(sent) == 1
    assert view.says.startswith("3 keys")


def test_keys_that_are_no_text_are_named() -> None:
    with pytest.raises(TypeError, match=r"one text with spaces between them, not \['a b'\]"):
        SlotMap(["a b"])  # type: ignore[arg-type]


def test_nothing_typed_is_told() -> None:
    view = SlotMap("a")
    view.typed = ""
    assert view.says == "There is no key: type some, with spaces between them."


def test_a_live_cluster_s_owners_are_shown_by_their_ports() -> None:
    view = SlotMap(DEFAULT, Two())
    assert repr(view) == "SlotMap(12 keys, 2 nodes)"
    assert ":7001" in texts(view.runs[0]["scenes"][0]["svg"])


def test_a_look_shows_what_has_changed_and_nothing_else() -> None:
    cluster = Two()
    view, sent = SlotMap(DEFAULT, cluster), list[object]()
    view.observe(sent.append, "runs")
    assert (view.look(), len(sent)) == (False, 0)
    cluster.border = 100
    assert (view.look(), len(sent)) == (True, 1)


def test_watching_goes_on_while_nobody_answers_and_ends_at_stop() -> None:
    cluster = Two()
    view = SlotMap(DEFAULT, cluster)
    cluster.is_down = True
    view.watch(every=0.05)
    while len(cluster.looks) < 3:
        view.runtime.sleep(0.01)
    view.stop()
    assert view._task is None


def test_a_view_without_a_cluster_has_nothing_to_watch() -> None:
    with pytest.raises(ValueError, match="no cluster to watch"):
        SlotMap("a").watch()


def test_more_than_twenty_looks_a_second_are_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 0\.05"):
        SlotMap("a", Two()).watch(every=0.01)


@pytest.mark.slow
def test_the_owners_of_a_real_cluster_are_followed_when_slots_move() -> None:
    with start_cluster(3, 0) as cluster:
        view = SlotMap("foo", cluster)
        first, *_, last = [member for member in cluster.members() if member.role == "master"]
        assert view._owners == owners_of(cluster)
        slot = hash_slot("foo")
        cluster.move_slots(slot, slot, first)
        assert view.look()
        assert slotted(["foo"], owners_of(cluster))[0].node == f":{first.port}" != f":{last.port}"
