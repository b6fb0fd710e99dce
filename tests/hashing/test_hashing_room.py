import importlib
import pkgutil
import subprocess
import sys

import pytest

import cachelab.hashing
from cachelab.hashing import PLACEMENTS, Maglev, Placement


def subclasses(kind: type) -> set[type]:
    children = set(kind.__subclasses__())
    return children.union(*map(subclasses, children))


def test_every_placement_is_in_the_registry_under_its_name() -> None:
    for module in pkgutil.iter_modules(cachelab.hashing.__path__, "cachelab.hashing."):
        importlib.import_module(module.name)
    ours = {kind for kind in subclasses(Placement) if kind.__module__.startswith("cachelab.")}
    assert ours == set(PLACEMENTS.values())
    assert all(placement.name == name for name, placement in PLACEMENTS.items())


def test_the_registry_has_the_names_that_others_rely_on() -> None:
    expected = ["modulo", "ring", "bounded", "ketama", "rendezvous", "jump", "maglev", "slots"]
    assert list(PLACEMENTS) == expected


def test_placing_a_key_needs_only_the_standard_library() -> None:
    script = (
        "import sys; before = set(sys.modules); from cachelab.hashing import PLACEMENTS; "
        "[kind(['a', 'b']).nodes_for('key', 2) for kind in PLACEMENTS.values()]; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) - sys.stdlib_module_names == {"cachelab"}


@pytest.mark.parametrize("size", [0, 1, 4, 65_536, 2.0, True])
def test_a_maglev_table_has_a_prime_number_of_entries(size: int) -> None:
    with pytest.raises(ValueError, match="must be a prime number"):
        Maglev(["a"], table_size=size)


def test_a_maglev_table_has_room_for_each_node() -> None:
    with pytest.raises(ValueError, match="3 entries has no room for 'd'"):
        Maglev(["a", "b", "c", "d"], table_size=3)
    full = Maglev(["a", "b", "c"], table_size=3)
    with pytest.raises(ValueError, match="has no room for 'd'"):
        full.add("d")
    full.check()


def test_the_shares_of_a_maglev_table_differ_by_one_entry() -> None:
    table = Maglev([f"node-{number}" for number in range(7)], table_size=1009).table
    counts = [table.count(number) for number in range(7)]
    assert max(counts) - min(counts) <= 1


def test_a_very_light_node_has_an_entry_of_a_maglev_table_all_the_same() -> None:
    placement = Maglev({"light": 0.001, "heavy": 1}, table_size=11)
    assert sorted(map(placement.table.count, (0, 1))) == [1, 10]
    assert placement.nodes_for("key", 2) == ["heavy", "light"]


def test_a_join_moves_little_more_of_a_maglev_table_than_it_must() -> None:
    placement = Maglev([f"node-{number}" for number in range(10)], table_size=5003)
    before = list(placement.table)
    placement.add("node-91")  # the last of the names, so that the others keep their numbers
    changed = sum(one != other for one, other in zip(before, placement.table, strict=True))
    assert 1 / 11 <= changed / 5003 < 2 / 11
