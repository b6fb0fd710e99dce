"""What `explore` says, and that it is so: the same as trying every order by hand."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.lab.explorer import NotRepeatable, Promise, Scenario, World, explore
from cachelab.ports import StoreError

ANYTHING = Promise("whatever happens", lambda _: True)
Program = list[tuple[str, str]]
PROGRAMS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["load", "add one", "keep"]), st.sampled_from("xy")),
        min_size=1,
        max_size=4,
    ),
    min_size=2,
    max_size=3,
)


def scenario_of(programs: list[Program]) -> Scenario:
    """Each actor has one register; "add one" is no call, so nobody comes in between."""

    def scenario(world: World) -> Any:
        def actor(program: Program) -> Any:
            def act() -> None:
                register = 0
                for verb, key in program:
                    if verb == "load":
                        register = world.store.get_many([key]).get(key, 0)
                    elif verb == "add one":
                        register += 1
                    else:
                        world.store.set(key, register)

            return act

        actors = {f"actor {number}": actor(program) for number, program in enumerate(programs)}
        return actors, lambda: world.store.get_many(["x", "y"])

    return scenario


def endings(programs: list[Program]) -> set[tuple[int, int]]:
    """Try every order of the calls by hand."""

    def step(places: tuple[int, ...], registers: tuple[int, ...], store: dict[str, int]) -> Any:
        is_over = True
        for who, program in enumerate(programs):
            if places[who] < len(program):
                is_over = False
                yield from take(who, places, registers, store)
        if is_over:
            yield store.get("x", 0), store.get("y", 0)

    def take(
        who: int, places: tuple[int, ...], registers: tuple[int, ...], store: dict[str, int]
    ) -> Iterator[tuple[int, int]]:
        verb, key = programs[who][places[who]]
        register, kept = registers[who], dict(store)
        if verb == "load":
            register = store.get(key, 0)
        elif verb == "add one":
            register += 1
        else:
            kept[key] = register
        after = (*places[:who], places[who] + 1, *places[who + 1 :])
        yield from step(after, (*registers[:who], register, *registers[who + 1 :]), kept)

    return set(step((0,) * len(programs), (0,) * len(programs), {}))


@given(PROGRAMS, st.integers(0, 3), st.integers(0, 2))
@settings(max_examples=120, deadline=None)
def test_it_says_what_trying_every_order_by_hand_says(programs: Any, x: int, y: int) -> None:
    never = Promise(
        "these values are never left",
        lambda ending: (ending.answers.get("x", 0), ending.answers.get("y", 0)) != (x, y),
    )
    exploration = explore(scenario_of(programs), never, mode="exhaustive", budget_seconds=600)
    assert exploration.is_exhaustive or not exploration.holds
    assert exploration.holds == ((x, y) not in endings(programs))


@pytest.mark.slow
def test_three_actors_of_eight_calls_are_explored_to_the_end() -> None:
    """Clients of a cache, each with a key that it changes and one that all of them read."""

    def scenario(world: World) -> Any:
        world.source.write("shared", "row")

        def client(name: str) -> Any:
            def act() -> None:
                world.store.get(name)
                world.source.read(name)
                world.store.set(name, "old")
                world.source.write(name, "new")
                world.store.delete(name)
                world.store.get("shared")
                world.source.read("shared")
                world.store.set("shared", "row")

            return act

        return {name: client(name) for name in ("Ada", "Ben", "Cem")}, dict

    exploration = explore(
        scenario, ANYTHING, max_schedules=20_000, mode="exhaustive", budget_seconds=600
    )
    assert exploration.is_exhaustive


def test_two_locks_taken_in_different_orders_are_a_deadlock_that_is_named() -> None:
    def scenario(world: World) -> Any:
        one, other = world.sim.lock(), world.sim.lock()

        def both(first: Any, second: Any) -> Any:
            def act() -> None:
                with first, second:
                    world.store.get("k")

            return act

        return {"Ada": both(one, other), "Ben": both(other, one)}, dict

    exploration = explore(scenario, ANYTHING)
    assert not exploration.holds
    assert "eadlock" in str(exploration)


def test_an_actor_that_raises_is_named_with_its_error() -> None:
    def scenario(world: World) -> Any:
        def take() -> None:
            if "k" in world.store.get_many(["k"]):
                world.store.delete("k")
            else:
                raise KeyError("k")

        return {"taker": take, "giver": lambda: world.store.set("k", 1)}, dict

    assert "taker: KeyError: 'k'" in str(explore(scenario, ANYTHING))


def test_errors_of_the_world_are_no_broken_promise() -> None:
    def scenario(world: World) -> Any:
        world.faults = lambda *_: StoreError("the server is down")
        return {"reader": lambda: world.store.get("k")}, dict

    assert explore(scenario, ANYTHING).holds


def test_a_scenario_that_does_not_do_the_same_twice_is_refused() -> None:
    runs = count()

    def scenario(world: World) -> Any:
        number = next(runs)

        def act() -> None:
            for _ in range(1 + number % 3):
                world.store.get("k")

        def other() -> None:
            world.store.set("k", 1)

        return {f"actor {number}": act, "other": other}, dict

    with pytest.raises(NotRepeatable, match="must do the same twice"):
        explore(scenario, ANYTHING, mode="exhaustive")


def test_many_actors_are_drawn_and_said_to_be() -> None:
    def scenario(world: World) -> Any:
        world.source.write("n", 0)

        def visit() -> None:
            for _ in range(3):
                world.source.write("n", world.source.read("n").value + 1)

        return {f"actor {number}": visit for number in range(5)}, dict

    def all_count(ending: Any) -> bool:
        """Every visit counts"""
        return bool(ending.rows.get("n", 15) == 15)

    exploration = explore(scenario, all_count, mode="drawn", max_schedules=300, budget_seconds=600)
    assert exploration.broken is not None
    assert exploration.broken.sentence == "Every visit counts"


@pytest.mark.parametrize(
    ("option", "value"), [("mode", "lucky"), ("max_schedules", 0), ("budget_seconds", 0.0)]
)
def test_an_option_that_is_out_of_range_is_named(option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{option} must be .*{value}"):
        explore(scenario_of([[("load", "x")]]), ANYTHING, **{option: value})
